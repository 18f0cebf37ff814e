// Every peer as a multiple of ours, row by row: to the right of the line is slower (or larger) than ours.

import { OURS } from "../results.mjs";
import { caption, frame, legend, pill, text } from "./svg.mjs";
import { format } from "./table.mjs";

const WIDTH = 1000;
const LABELS = 405;
const MARGIN = 24;
const PILL = 30;
const LANE = 17;
const ROW_GAP = 9;

/** Places signs left to right, each in the first lane where it touches no other. */
function lanesOf(points) {
  const ends = [];
  return points
    .toSorted((a, b) => a.x - b.x)
    .map((point) => {
      let lane = ends.findIndex((end) => end <= point.x - PILL / 2);
      if (lane < 0) lane = ends.length;
      ends[lane] = point.x + PILL / 2 + 1;
      return { ...point, lane };
    });
}

const shortTitle = (title) => title.split(":")[0];

/** Powers of ten that hold all ratios. */
function scaleFor(rows) {
  const ratios = rows.flatMap(({ subjects }) =>
    Object.values(subjects).flatMap(({ ratio }) => (ratio > 0 ? [ratio] : [])),
  );
  const least = Math.floor(Math.log10(Math.min(0.5, ...ratios)));
  const most = Math.ceil(Math.log10(Math.max(2, ...ratios)));
  const width = WIDTH - LABELS - MARGIN - PILL;
  return {
    decades: Array.from({ length: most - least + 1 }, (_, i) => least + i),
    x: (ratio) => LABELS + PILL / 2 + ((Math.log10(ratio) - least) / (most - least)) * width,
  };
}

function drawRow(row, top, scale, titleOf) {
  const ours = row.ours ?? OURS;
  const points = lanesOf(
    Object.entries(row.subjects)
      .filter(([, { ratio }]) => ratio > 0)
      .map(([name, summary]) => ({ name, summary, x: scale.x(summary.ratio) })),
  );
  const height = Math.max(2, 1 + Math.max(0, ...points.map(({ lane }) => lane))) * LANE;
  const own = row.subjects[ours]?.figure;
  const pills = points.map(({ name, summary, x, lane }) =>
    pill(
      x,
      top + LANE / 2 + lane * LANE,
      name,
      PILL,
      `${titleOf(name)}: ${format(summary.figure)} ${row.unit}, ${format(summary.ratio)} × ours`,
    ),
  );
  return {
    height: height + ROW_GAP,
    body: [
      text(MARGIN, top + 13, `${shortTitle(row.title)}, ${row.label}`),
      text(
        MARGIN,
        top + 28,
        own === undefined ? "" : `ours: ${format(own)} ${row.unit}`,
        `font-size="11" fill="#0b6e4f"`,
      ),
      ...pills,
    ],
  };
}

export function drawRatios(report) {
  const titleOf = (name) => report.subjects.find((subject) => subject.name === name)?.title ?? name;
  const rows = report.results.filter(
    ({ subjects }) => Object.values(subjects).filter(({ ratio }) => ratio > 0).length > 1,
  );
  const scale = scaleFor(rows);
  const signs = legend(report.subjects, MARGIN, 66, WIDTH - 2 * MARGIN);
  let top = 66 + signs.height + 30;
  const first = top;
  const body = [];
  for (const row of rows) {
    const drawn = drawRow(row, top, scale, titleOf);
    body.push(
      `<line x1="${MARGIN}" y1="${top - 4}" x2="${WIDTH - MARGIN}" y2="${top - 4}" stroke="#eeeeee"/>`,
      ...drawn.body,
    );
    top += drawn.height;
  }
  const grid = scale.decades.flatMap((decade) => {
    const x = scale.x(10 ** decade);
    const isOne = decade === 0;
    return [
      `<line x1="${x.toFixed(1)}" y1="${first - 6}" x2="${x.toFixed(1)}" y2="${top - 6}" stroke="${isOne ? "#0b6e4f" : "#dddddd"}"/>`,
      text(
        x,
        first - 11,
        isOne
          ? "1 × ours"
          : `${10 ** decade} ×`.replace(/^0\.(0*)1 ×$/, (_, zeros) => `1/1${"0".repeat(zeros.length + 1)}`),
        `text-anchor="middle" font-size="11" fill="#666666"`,
      ),
    ];
  });
  const title = "heapwright and its peers: time (or bytes) as a multiple of ours";
  return frame(WIDTH, top + 26, title, [
    text(MARGIN, 28, title, `font-size="16" font-weight="600"`),
    text(
      MARGIN,
      46,
      "To the right of the line takes longer, or more, than heapwright. Each step of the scale is ten times.",
      `fill="#666666"`,
    ),
    ...signs.body,
    ...grid,
    ...body,
    text(MARGIN, top + 12, caption(report), `font-size="11" fill="#666666"`),
  ]);
}
