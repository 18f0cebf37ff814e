/** Three digits that matter. */
export function format(number) {
  if (number >= 1000) return Math.round(number).toLocaleString("en-US");
  return number.toFixed(number >= 100 ? 0 : number >= 10 ? 1 : 2);
}

const percent = (share) => `${Math.round(share * 100)} %`;

/** What a row has besides its figure. */
function details(summary) {
  const shown = [];
  if (summary.p50 !== undefined)
    shown.push(`p50 ${format(summary.p50)}, p99 ${format(summary.p99)}, p99.9 ${format(summary.p999)} ms`);
  if (summary.elapsed !== undefined && summary.elapsed.max !== summary.max)
    shown.push(`by the clock: p99 ${format(summary.elapsed.p99)}, longest ${format(summary.elapsed.max)} ms`);
  if (summary.longestGrowing !== undefined)
    shown.push(`while it warmed up: longest ${format(summary.longestGrowing)} ms`);
  if (summary.perReplacement !== undefined) shown.push(`mean ${format(summary.perReplacement)} ns a replacement`);
  if (summary.memoryPerLive !== undefined) shown.push(`memory ÷ live ${summary.memoryPerLive.toFixed(2)}`);
  if (summary.garbagePerLive !== undefined) shown.push(`garbage after a cycle ${percent(summary.garbagePerLive)}`);
  if (summary.longestStep !== undefined)
    shown.push(`step: p99.9 ${format(summary.stepP999)}, longest ${format(summary.longestStep)} ms`);
  if (summary.utilisation !== undefined) shown.push(utilisation(summary.utilisation));
  if (summary.note !== undefined) shown.push(summary.note);
  return shown.join("; ");
}

/** What of any window was left to the program. */
function utilisation(points) {
  const shown = points.filter(({ window }) => [1, 5, 16, 50].includes(window));
  return `left to the program of any ${shown.map(({ window }) => window).join(", ")} ms: ${shown.map(({ share }) => percent(share)).join(", ")}`;
}

function rowLines(row, titleOf) {
  const lines = [`${row.title} (${row.label}), ${row.unit}`];
  for (const [name, summary] of Object.entries(row.subjects)) {
    const title = `  ${titleOf(name).padEnd(30)}`;
    if (summary.failed !== undefined) {
      lines.push(`${title} ${"-".padStart(10)}  ${summary.failed}`);
      continue;
    }
    const ratio = summary.ratio === undefined || name === "heapwright" ? "" : `${format(summary.ratio)} ×`;
    lines.push(
      `${title} ${format(summary.figure).padStart(10)}  ${`+${percent(summary.spread)}`.padStart(7)}  ${ratio.padStart(9)}   ${details(summary)}`.trimEnd(),
    );
  }
  return lines;
}

function targetLines(targets) {
  if (targets.length === 0) return [];
  const lines = ["Targets"];
  for (const { workload, size, target, value, holds } of targets) {
    const verdict = holds === undefined ? "not measured" : holds ? "holds" : "MISSED";
    const measured = value === undefined ? "" : value < 0.1 ? `1/${format(1 / value)}` : format(value);
    const where = `${workload}${size > 0 ? ` ${size.toLocaleString("en-US")}` : ""}`;
    lines.push(`  ${where.padEnd(28)} ${target.padEnd(44)} ${measured.padStart(9)}  ${verdict}`);
  }
  const known = targets.filter(({ holds }) => holds !== undefined);
  lines.push(`  ${known.filter(({ holds }) => holds).length} of ${known.length} hold`);
  return lines;
}

function heading({ machine, versions, commit, modified }) {
  const pinned = machine.pinnedTo === null ? "not pinned" : `pinned to core ${machine.pinnedTo}`;
  const state = commit ? ` at ${commit.slice(0, 7)}${modified ? ", modified" : ""}` : "";
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; ${pinned}`,
    `Node ${versions.node}, V8 ${versions.v8}; heapwright ${versions.heapwright}${state}`,
  ];
}

/** All results as text: a figure, how far the runs are apart, how many times ours it is. `heading`: of another place than this one. */
export function renderTable(report) {
  const { results, targets, subjects, skipped } = report;
  const titleOf = (name) => subjects.find((subject) => subject.name === name)?.title ?? name;
  return [
    ...(report.heading ?? heading(report)),
    "The least of all runs; how much more the slowest run took; how many times ours it is.",
    "",
    ...results.flatMap((row) => [...rowLines(row, titleOf), ""]),
    ...targetLines(targets),
    ...skipped.map(({ title, reason }) => `Left out: ${title}: ${reason}`),
    "",
  ].join("\n");
}
