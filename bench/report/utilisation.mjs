// What of any window of time was left to the program, for each subject: a chart for each size of the ring.

import { styleOf } from "./palette.mjs";
import { caption, frame, legend, text } from "./svg.mjs";

const WIDTH = 1000;
const MARGIN = 24;
const CHART = { width: 465, height: 280, left: 48, right: 12, top: 30, bottom: 34 };
const SHOWN = [1, 5, 16, 50];
const GREY = `font-size="10" fill="#666666"`;

function drawChart(row, left, top) {
  const curves = Object.entries(row.subjects).filter(([, { utilisation }]) => utilisation?.length > 0);
  const windows = curves.flatMap(([, { utilisation }]) => utilisation.map(({ window }) => Math.log(window)));
  const [least, most] = [Math.min(...windows), Math.max(...windows)];
  const right = left + CHART.width - CHART.right;
  const inner = { width: CHART.width - CHART.left - CHART.right, height: CHART.height - CHART.top - CHART.bottom };
  const x = (window) => left + CHART.left + ((Math.log(window) - least) / (most - least || 1)) * inner.width;
  const y = (share) => top + CHART.top + (1 - share) * inner.height;
  const body = [text(left + CHART.left, top + 16, `${row.label} objects`, `font-weight="600"`)];
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    body.push(`<line x1="${left + CHART.left}" y1="${y(share)}" x2="${right}" y2="${y(share)}" stroke="#e4e4e4"/>`);
    body.push(text(left + CHART.left - 6, y(share) + 4, `${share * 100} %`, `text-anchor="end" ${GREY}`));
  }
  for (const window of SHOWN.filter((one) => Math.log(one) <= most)) {
    const at = x(window).toFixed(1);
    body.push(`<line x1="${at}" y1="${y(0)}" x2="${at}" y2="${y(1)}" stroke="#f0f0f0"/>`);
    body.push(text(x(window), top + CHART.height - 16, `${window} ms`, `text-anchor="middle" ${GREY}`));
  }
  for (const [name, { utilisation }] of curves) {
    const points = utilisation.map(({ window, share }) => `${x(window).toFixed(1)},${y(share).toFixed(1)}`).join(" ");
    const width = name === "heapwright-bounded" ? 3 : 1.5;
    body.push(
      `<polyline points="${points}" fill="none" stroke="${styleOf(name).color}" stroke-width="${width}"${name === "control" ? ` stroke-dasharray="4 3"` : ""}/>`,
    );
  }
  return body;
}

/** Undefined if no pauses were measured. */
export function drawUtilisation(report) {
  const rows = report.results.filter(
    ({ workload, subjects }) =>
      workload === "pauses" && Object.values(subjects).some(({ utilisation }) => utilisation?.length > 0),
  );
  if (rows.length === 0) return undefined;
  const drawn = report.subjects.filter(({ name }) => rows.some(({ subjects }) => subjects[name]?.utilisation));
  const signs = legend(drawn, MARGIN, 66, WIDTH - 2 * MARGIN);
  const first = 66 + signs.height + 8;
  const charts = rows.flatMap((row, i) =>
    drawChart(row, MARGIN + (i % 2) * (CHART.width + 20), first + Math.floor(i / 2) * CHART.height),
  );
  const bottom = first + Math.ceil(rows.length / 2) * CHART.height;
  const title = "What of any window of time is left to the program";
  return frame(WIDTH, bottom + 30, title, [
    text(MARGIN, 28, title, `font-size="16" font-weight="600"`),
    text(
      MARGIN,
      46,
      "The least share, over all windows of a length, while objects are replaced as fast as can be. The control allocates nothing: what it lacks of 100 % is the machine's.",
      `fill="#666666"`,
    ),
    ...signs.body,
    ...charts,
    text(MARGIN, bottom + 14, caption(report), `font-size="11" fill="#666666"`),
  ]);
}
