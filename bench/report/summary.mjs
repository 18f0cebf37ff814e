// The README's picture: five things that matter, each as a few bars. It is to be read at a glance, on a phone, too.

import { escape, text } from "./svg.mjs";
import { format } from "./table.mjs";

const WIDTH = 640;
const MARGIN = 20;
const LABELS = 258;
/** Room for the figure behind the longest bar. */
const FIGURES = 124;
const ROW = 29;
const BAR = 20;
const HEAD = 88;
const PANEL_HEAD = 40;
const PANEL_GAP = 14;

const THEMES = {
  light: { back: "#ffffff", text: "#1f2328", quiet: "#59636e", ours: "#0b6e4f", others: "#b9c1ca", line: "#d8dee4" },
  dark: { back: "#0d1117", text: "#e6edf3", quiet: "#9198a1", ours: "#3fb28a", others: "#565f69", line: "#30363d" },
};

/** Subjects as they are called here. */
const NAMES = {
  heapwright: "heapwright",
  "heapwright-bounded": "heapwright",
  v8: "V8 objects",
  python: "CPython",
  pyodide: "CPython in wasm",
  "as-minimal": "AssemblyScript",
  dlmalloc: "dlmalloc in wasm",
};
const HEAPS = ["heapwright", "as-minimal", "v8", "python", "pyodide"];
const MILLION = 1_000_000;

const ring = (size) => `ring of ${size / MILLION}M`;
const atSize = (size, names) => names.map((subject) => ({ subject, size }));

/** Each a question, and whose figures answer it. */
const PANELS = [
  {
    title: "Allocate an object, drop it",
    unit: "ns",
    workload: "churn",
    bars: atSize(undefined, ["heapwright", "dlmalloc", "v8", "python", "pyodide"]),
  },
  {
    title: "Full collection, for each of 1M objects",
    unit: "ns",
    workload: "full-random",
    bars: atSize(MILLION, HEAPS),
  },
  { title: "The same in an aged heap", unit: "ns", workload: "full-aged", bars: atSize(MILLION, HEAPS) },
  {
    title: "Longest pause (heapwright: bounded)",
    unit: "ms",
    workload: "pauses",
    names: (subject, size) => `${NAMES[subject]}, ${ring(size)}`,
    bars: [
      ...atSize(MILLION, ["heapwright-bounded"]),
      ...atSize(10 * MILLION, ["heapwright-bounded"]),
      ...atSize(MILLION, ["v8", "python"]),
      { subject: "pyodide", size: MILLION, name: `CPython wasm, ${ring(MILLION)}` },
    ],
  },
  { title: "Memory for an object with two fields", unit: "bytes", workload: "bytes", bars: atSize(MILLION, HEAPS) },
];

/** The panels with the figures of a report; bars that it does not have are left out. */
export function panelsOf(report) {
  return PANELS.map(({ title, unit, workload, names, bars }) => ({
    title,
    unit,
    bars: bars.flatMap(({ subject, size, name }) => {
      const row = report.results.find((one) => one.workload === workload && (size === undefined || one.size === size));
      const figure = row?.subjects[subject]?.figure;
      if (!Number.isFinite(figure)) return [];
      const label = name ?? names?.(subject, size) ?? NAMES[subject];
      return [{ label, figure, isOurs: subject.startsWith("heapwright") }];
    }),
  })).filter(({ bars }) => bars.length > 0);
}

function drawPanel({ title, unit, bars }, top, theme) {
  const widest = WIDTH - MARGIN - LABELS - FIGURES;
  const most = Math.max(...bars.map(({ figure }) => figure));
  const left = MARGIN + LABELS;
  const drawn = bars.map(({ label, figure, isOurs }, i) => {
    const y = top + PANEL_HEAD + i * ROW;
    const width = Math.max(3, (figure / most) * widest);
    const weight = isOurs ? `font-weight="700"` : "";
    const middle = y + BAR / 2 + 6.5;
    return [
      text(left - 10, middle, label, `text-anchor="end" font-size="18" ${weight}`),
      `<rect x="${left}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="3" fill="${isOurs ? theme.ours : theme.others}"/>`,
      text(left + width + 8, middle, `${format(figure)} ${unit}`, `font-size="18" ${weight}`),
    ].join("\n");
  });
  return [
    `<line x1="${MARGIN}" y1="${top}" x2="${WIDTH - MARGIN}" y2="${top}" stroke="${theme.line}"/>`,
    text(MARGIN, top + 28, title, `font-size="22" font-weight="700"`),
    ...drawn,
  ];
}

const heightOf = ({ bars }) => PANEL_HEAD + bars.length * ROW + PANEL_GAP;

/** `theme`: "light" or "dark". */
export function drawSummary(report, theme) {
  const colors = THEMES[theme];
  const body = [];
  let top = HEAD;
  for (const panel of panelsOf(report)) {
    body.push(...drawPanel(panel, top, colors));
    top += heightOf(panel);
  }
  const { versions, machine } = report;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 26}" width="${WIDTH}" height="${top + 26}" role="img"`,
    `  font-family="system-ui, sans-serif" fill="${colors.text}">`,
    `<title>${escape("heapwright and others: time and memory")}</title>`,
    `<rect width="${WIDTH}" height="${top + 26}" rx="8" fill="${colors.back}"/>`,
    text(MARGIN, 42, "heapwright beside others", `font-size="28" font-weight="700"`),
    text(
      MARGIN,
      70,
      "Shorter is better. Every figure is in docs/benchmarks.md.",
      `font-size="20" fill="${colors.quiet}"`,
    ),
    ...body,
    text(
      MARGIN,
      top + 8,
      `Node ${versions.node}, ${machine.cpu}, ${report.date.slice(0, 10)}`,
      `font-size="14" fill="${colors.quiet}"`,
    ),
    "</svg>",
    "",
  ].join("\n");
}
