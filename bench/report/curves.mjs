// How figures grow with the heap: a small chart for each workload, a line for each subject.

import { styleOf } from "./palette.mjs";
import { caption, frame, legend, text } from "./svg.mjs";

const WIDTH = 1000;
const MARGIN = 24;
const CHART = { width: 465, height: 250, left: 48, right: 12, top: 30, bottom: 34 };

const shortNumber = (size) => (size >= 1e6 ? `${size / 1e6}M` : size >= 1e3 ? `${size / 1e3}k` : String(size));

/** Rows of the same workload, by size. */
function grouped(results) {
  const groups = new Map();
  for (const row of results) groups.set(row.workload, [...(groups.get(row.workload) ?? []), row]);
  return [...groups.values()].map((rows) => rows.toSorted((a, b) => a.size - b.size));
}

function drawChart(rows, left, top) {
  const figures = rows.flatMap(({ subjects }) =>
    Object.values(subjects).flatMap(({ figure }) => (figure > 0 ? [figure] : [])),
  );
  const least = Math.floor(Math.log10(Math.min(...figures)));
  const most = Math.max(least + 1, Math.ceil(Math.log10(Math.max(...figures))));
  const inner = { width: CHART.width - CHART.left - CHART.right, height: CHART.height - CHART.top - CHART.bottom };
  const x = (index) => left + CHART.left + (rows.length > 1 ? index / (rows.length - 1) : 0.5) * inner.width;
  const y = (figure) => top + CHART.top + (1 - (Math.log10(figure) - least) / (most - least)) * inner.height;
  const body = [
    text(left + CHART.left, top + 16, `${rows[0].title.split(":")[0]}, ${rows[0].unit}`, `font-weight="600"`),
  ];
  for (let decade = least; decade <= most; decade++) {
    const at = y(10 ** decade);
    body.push(`<line x1="${x(0)}" y1="${at}" x2="${left + CHART.width - CHART.right}" y2="${at}" stroke="#e4e4e4"/>`);
    body.push(
      text(left + CHART.left - 6, at + 4, String(10 ** decade), `text-anchor="end" font-size="10" fill="#666666"`),
    );
  }
  for (const [index, { size }] of rows.entries())
    body.push(
      text(x(index), top + CHART.height - 16, shortNumber(size), `text-anchor="middle" font-size="10" fill="#666666"`),
    );
  for (const name of new Set(rows.flatMap(({ subjects }) => Object.keys(subjects)))) {
    const points = rows.flatMap(({ subjects }, index) =>
      subjects[name]?.figure > 0 ? [[x(index), y(subjects[name].figure)]] : [],
    );
    const { color } = styleOf(name);
    const path = points.map((point) => point.map((value) => value.toFixed(1)).join(",")).join(" ");
    const width = name === "heapwright" ? 3 : 1.5;
    body.push(`<polyline points="${path}" fill="none" stroke="${color}" stroke-width="${width}"/>`);
    for (const [px, py] of points)
      body.push(`<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="${width}" fill="${color}"/>`);
  }
  return body;
}

export function drawCurves(report) {
  const groups = grouped(report.results);
  const signs = legend(report.subjects, MARGIN, 66, WIDTH - 2 * MARGIN);
  const first = 66 + signs.height + 8;
  const charts = groups.flatMap((rows, i) =>
    drawChart(rows, MARGIN + (i % 2) * (CHART.width + 20), first + Math.floor(i / 2) * CHART.height),
  );
  const bottom = first + Math.ceil(groups.length / 2) * CHART.height;
  const title = "How the time for each object grows with the heap";
  return frame(WIDTH, bottom + 30, title, [
    text(MARGIN, 28, title, `font-size="16" font-weight="600"`),
    text(
      MARGIN,
      46,
      "A flat line is a cost that does not depend on the size. Both scales are by factors.",
      `fill="#666666"`,
    ),
    ...signs.body,
    ...charts,
    text(MARGIN, bottom + 14, caption(report), `font-size="11" fill="#666666"`),
  ]);
}
