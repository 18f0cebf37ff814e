import { styleOf } from "./palette.mjs";

/** What XML needs escaped. */
export const escape = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export function text(x, y, content, attributes = "") {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escape(content)}</text>`;
}

/** Readable on white and on black: its own background, whatever the page's is. */
export function frame(width, height, title, body) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"`,
    `  font-family="system-ui, sans-serif" font-size="12" fill="#222222">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="6" fill="#ffffff"/>`,
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

/** A sign in the colour of its subject. */
export function pill(x, y, name, width, tooltip) {
  const { sign, color } = styleOf(name);
  return [
    `<g><title>${escape(tooltip)}</title>`,
    `<rect x="${(x - width / 2).toFixed(1)}" y="${(y - 7).toFixed(1)}" width="${width}" height="14" rx="7" fill="${color}"/>`,
    text(x, y + 3.5, sign, `text-anchor="middle" font-size="9.5" font-weight="600" fill="#ffffff"`),
    "</g>",
  ].join("");
}

/** Signs and names, line by line. The height they need is returned with them. */
export function legend(subjects, x, y, width) {
  const column = 230;
  const columns = Math.max(1, Math.floor(width / column));
  const lines = subjects.map(({ name, title }, i) => {
    const left = x + (i % columns) * column;
    const top = y + Math.floor(i / columns) * 19;
    return pill(left + 15, top, name, 30, title) + text(left + 35, top + 4, title);
  });
  return { body: lines, height: Math.ceil(subjects.length / columns) * 19 };
}

/** What was measured where, in one line. */
export function caption({ machine, versions, commit, date, options }) {
  const at = commit ? ` at ${commit.slice(0, 7)}` : "";
  const quick = options.quick ? "; a quick run, of small sizes" : "";
  return `heapwright ${versions.heapwright}${at}, Node ${versions.node}, ${machine.cpu}, ${date.slice(0, 10)}; least of ${options.runs} runs${quick}`;
}
