// Measures ours and its peers. See docs/benchmarks.md, or `npm run bench -- --help`.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { describeMachine } from "./machine.mjs";
import { HELP, parseOptions } from "./options.mjs";
import { install, reasonAgainst } from "./peers.mjs";
import { makePlan } from "./plan.mjs";
import { drawCurves } from "./report/curves.mjs";
import { drawRatios } from "./report/ratios.mjs";
import { drawSummary } from "./report/summary.mjs";
import { drawUtilisation } from "./report/utilisation.mjs";
import { renderTable } from "./report/table.mjs";
import { makeRow, summarize } from "./results.mjs";
import { LONG_CASES, runsOf } from "./rounds.mjs";
import { chooseCore, runCase } from "./run-case.mjs";
import { judge } from "./targets.mjs";
import { labelOf } from "./workloads/label.mjs";

const progress = (text) => process.stderr.write(`${text}\n`);

/** The subjects of a plan that can run here; why the others cannot. */
function splitSubjects(plan) {
  const skipped = [];
  const usable = [];
  for (const subject of new Set(plan.flatMap(({ subjects }) => subjects))) {
    const reason = reasonAgainst(subject);
    if (reason === undefined) usable.push(subject);
    else skipped.push({ name: subject.name, title: subject.title, reason });
  }
  return { usable, skipped };
}

/** Round by round, so that whatever slows the machine for a while slows all subjects. */
async function measureRow(entry, options, counter) {
  await entry.workload.prepare?.(entry.size);
  const runs = new Map(entry.subjects.map((subject) => [subject, []]));
  for (let round = 0; round < options.runs; round++) {
    for (const [subject, done] of runs) {
      counter.done++;
      if (done[0]?.failed !== undefined || round >= runsOf(options.runs, done[0]?.seconds ?? 0)) continue;
      const result = await runCase({ ...entry, subject }, { ...options, check: round === 0 });
      done.push(result);
      const outcome = result.failed ?? `${result.figure.toFixed(2)} ${entry.workload.unit}`;
      progress(
        `[${counter.done}/${counter.all}] ${entry.workload.name} ${labelOf(entry.workload, entry.size)} · ${subject.title} · ${outcome}`,
      );
    }
  }
  return makeRow(entry, Object.fromEntries([...runs].map(([subject, done]) => [subject.name, summarize(done)])));
}

/** The report, and what is drawn from it. */
function writeResults(report, { out }) {
  mkdirSync(out, { recursive: true });
  const written = [];
  const write = (name, content) => {
    written.push(join(out, name));
    writeFileSync(written.at(-1), content);
  };
  const name = report.options.growth ? "growth" : "results";
  write(`${name}.json`, `${JSON.stringify(report, undefined, 2)}\n`);
  write(`${name}.svg`, report.options.growth ? drawCurves(report) : drawRatios(report));
  if (!report.options.growth) {
    write("summary.svg", drawSummary(report, "light"));
    write("summary-dark.svg", drawSummary(report, "dark"));
  }
  const utilisation = drawUtilisation(report);
  if (utilisation !== undefined) write("pauses.svg", utilisation);
  progress(`wrote ${written.join(", ")} after ${report.minutes.toFixed(1)} minutes`);
}

export async function main(args) {
  const start = performance.now();
  const options = parseOptions(args);
  if (options.help) return void console.log(HELP);
  const wanted = makePlan(options);
  if (wanted.length === 0) throw new TypeError("--only leaves nothing to measure");
  if (options.install) install([...new Set(wanted.flatMap(({ subjects }) => subjects))], progress);
  const { usable, skipped } = splitSubjects(wanted);
  const plan = wanted.map((entry) => ({ ...entry, subjects: entry.subjects.filter((one) => usable.includes(one)) }));
  if (options.list) {
    for (const { workload, size, subjects } of plan)
      console.log(`${workload.name} ${labelOf(workload, size)}: ${subjects.map(({ name }) => name).join(", ")}`);
    return;
  }
  await build([...new Set(usable.flatMap((subject) => subject.build ?? []))]);
  options.core = chooseCore(options.core);
  const counter = { done: 0, all: plan.reduce((sum, { subjects }) => sum + subjects.length * options.runs, 0) };
  const results = [];
  for (const entry of plan) results.push(await measureRow(entry, options, counter));
  const titleOf = (name) => usable.find((subject) => subject.name === name)?.title ?? name;
  const report = {
    schema: 1,
    ...describeMachine(options.core),
    options: {
      quick: options.quick,
      growth: options.growth,
      runs: options.runs,
      longCases: LONG_CASES,
      only: options.only,
      ...(Number.isFinite(options.most) && { most: options.most }),
    },
    minutes: (performance.now() - start) / 60_000,
    subjects: usable.map(({ name, title, about }) => ({ name, title, ...(about && { about: about() }) })),
    skipped,
    results,
    targets: options.growth ? [] : judge(results, { quick: options.quick, titleOf }),
  };
  writeResults(report, options);
  process.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : renderTable(report));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsage =
    error instanceof TypeError && (error.code?.startsWith("ERR_PARSE_ARGS") || error.message.startsWith("--"));
  console.error(isUsage ? `${error.message}\n\n${HELP}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
