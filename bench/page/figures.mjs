// The whole run: where it was made, its figures, its targets.

import { format } from "../report/table.mjs";
import { MISSING, describeRun, isOfBlocks, isPause, rowOf, shown, subjectsIn, titleOfRow } from "./look-up.mjs";
import { table, words } from "./markdown.mjs";

/** The machine, what the subjects are, which cases ran less often, and who is missing. */
export function aboutRun({ results }) {
  const builds = results.subjects.filter(({ about }) => about).map(({ title, about }) => `${title}: ${about}`);
  const long = (results.options.longCases ?? []).map(
    ({ seconds, runs }) => `of more than ${seconds} s, ${runs === 1 ? "once" : `${runs} times`}`,
  );
  const { versions } = results;
  const packages = [
    `AssemblyScript ${versions.assemblyscript}`,
    `QuickJS: quickjs-emscripten ${versions["quickjs-emscripten"]}`,
    `Lua 5.4: wasmoon ${versions.wasmoon}`,
  ];
  const lines = [
    `- ${describeRun(results)}.`,
    `- What the peers are: ${[...builds, ...packages].join("; ")}.`,
    ...(long.length > 0
      ? [`- A case that takes long runs less often: ${long.toReversed().join("; ")}. ${lessOften(results)}`]
      : []),
    ...results.skipped.map(({ title, reason }) => `- Left out: ${title}: ${words(reason)}.`),
  ];
  return lines.join("\n");
}

function lessOften(report) {
  const cases = report.results.flatMap((row) =>
    Object.values(row.subjects).filter(({ runs }) => runs !== undefined && runs.length < report.options.runs),
  );
  const all = report.results.reduce((sum, { subjects }) => sum + Object.keys(subjects).length, 0);
  return `These are ${cases.length} of ${all}; \`runs\` in the file has the figures of all.`;
}

/** Groups of subjects that fit beside each other: ours and the engine's, those of wasm, and interpreters. */
const COLUMNS = [
  ["heapwright", "heapwright-bounded", "heapwright-js", "limit", "v8", "wasm-gc", "as-minimal", "as-incremental"],
  ["heapwright", "python", "python-newest", "pyodide", "pyodide-newest", "quickjs", "lua"],
];

function figuresOf(report, rows, names) {
  const there = subjectsIn(report, rows);
  const subjects = names.flatMap((name) => there.filter((one) => one.name === name));
  const others = subjects.filter(({ name }) => name !== "heapwright");
  const kept = rows.filter((row) => others.some(({ name }) => row.subjects[name]));
  return table(
    ["", ...subjects.map(({ title }) => title)],
    kept.map((row) => [
      `${titleOfRow(row)} (${row.unit.split(" / ")[0]})`,
      ...subjects.map(({ name }) => shown(row.subjects[name])),
    ]),
  );
}

/** Every figure but pauses and blocks. */
export function figures({ results }) {
  const rows = results.results.filter((row) => !isPause(row) && !isOfBlocks(row));
  return COLUMNS.map((names) => figuresOf(results, rows, names)).join("\n\n");
}

/** Allocators: time, and bytes taken for each byte asked for. */
export function blocks({ results }) {
  const rows = results.results.filter(isOfBlocks);
  const churn = rowOf(results, "churn");
  const subjects = subjectsIn(results, rows);
  const memory = (row, name) => row.subjects[name]?.memoryPerLive?.toFixed(2) ?? MISSING;
  return table(
    ["", "churn, ns", ...rows.map(({ label }) => `${label}, ns`), ...rows.map(({ label }) => `${label}, memory`)],
    subjects.map(({ name, title }) => [
      title,
      shown(churn?.subjects[name]),
      ...rows.map((row) => shown(row.subjects[name])),
      ...rows.map((row) => memory(row, name)),
    ]),
  );
}

/** As the target says it: as a part of another figure, or as a number. */
function shownValue(value, target) {
  if (value === undefined) return MISSING;
  if (target.includes("1/")) return `1/${format(1 / value)}`;
  return value < 0.1 ? value.toPrecision(2) : format(value);
}

/** Each target, held or missed. */
export function targets({ results }) {
  const known = results.targets.filter(({ holds }) => holds !== undefined);
  const count = known.filter(({ holds }) => holds).length;
  const unknown = results.targets.length - known.length;
  const rows = results.targets.map(({ workload, size, target, value, holds }) => [
    `\`${workload}\`${size > 0 ? ` ${size.toLocaleString("en-US")}` : ""}`,
    target,
    shownValue(value, target),
    holds === undefined ? "not measured" : holds ? "held" : "**missed**",
  ]);
  const summary = `${count} of ${known.length} targets are held${unknown > 0 ? `; ${unknown} could not be measured` : ""}.`;
  return `${summary}\n\n${table(["", "target", "measured", ""], rows)}`;
}

/** What the size of a heap does to each figure: ours, and CPython's. */
export function growth({ growth: report }) {
  const sizes = [...new Set(report.results.map(({ size }) => size))].filter((size) => size > 0).sort((a, b) => a - b);
  const workloads = [...new Set(report.results.map(({ workload }) => workload))];
  const rows = workloads.flatMap((workload) =>
    report.subjects
      .filter(({ name }) => ["heapwright", "python", "v8"].includes(name))
      .filter(({ name }) => report.results.some((row) => row.workload === workload && row.subjects[name]))
      .map(({ name, title }) => [
        `${rowOf(report, workload).title.split(":")[0]}: ${title}`,
        ...sizes.map((size) => shown(rowOf(report, workload, size)?.subjects[name])),
      ]),
  );
  return `${describeRun(report)}. ns an object.\n\n${table(["", ...sizes.map((size) => size.toLocaleString("en-US"))], rows)}`;
}
