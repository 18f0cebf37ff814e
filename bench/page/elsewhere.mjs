// The same workloads on another version of Node, and in browsers.

import { describeRun, rowOf, shown, titleOfRow } from "./look-up.mjs";
import { table } from "./markdown.mjs";

const major = ({ versions }) => `Node ${versions.node.split(".")[0]}`;

/** Two versions of Node side by side: what both have. */
export function nodes({ results, node26 }) {
  const subjects = node26.subjects.filter(({ name }) => results.subjects.some((one) => one.name === name));
  const rows = node26.results.flatMap((newer) => {
    const older = rowOf(results, newer.workload, newer.size);
    return subjects
      .filter(({ name }) => newer.subjects[name] && older?.subjects[name])
      .map(({ name, title }) => [
        `${titleOfRow(newer)} (${newer.unit.split(" / ")[0]}): ${title.replace(/ \(Node \d+\)$/, "")}`,
        name === "wasm-gc" ? "–" : shown(older.subjects[name]),
        shown(newer.subjects[name]),
      ]);
  });
  return `The second column: ${describeRun(node26)}.\n\n${table(["", major(results), major(node26)], rows)}`;
}

/** Each browser's own table. */
export function browsers({ browsers: report }) {
  return report.browsers
    .map(({ browser, date, commit, runs, results, subjects }) => {
      const rows = results.map((row) => [
        `${titleOfRow(row)} (${row.unit.split(" / ")[0]})`,
        ...subjects.map(({ name }) => shown(row.subjects[name])),
      ]);
      const about = `**${browser}** (${date.slice(0, 10)}, commit \`${commit?.slice(0, 7)}\`, ${runs} runs)`;
      return `${about}\n\n${table(["", ...subjects.map(({ title }) => title)], rows)}`;
    })
    .join("\n\n");
}
