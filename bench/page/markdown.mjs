// Tables of Markdown, and the marked regions of a page that are made from files.

const startOf = (name) => `<!-- made by bench/page.mjs: ${name} -->`;
const END = "<!-- end -->";

/** A text of a run as words of a page: Markdown, and the site that shows it, would take a bracket for the beginning of an element. */
export function words(text) {
  return text.replaceAll("<", "&lt;");
}

/** The first column is text, the others are figures. */
export function table(heads, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(heads), `| --- |${" ---: |".repeat(heads.length - 1)}`, ...rows.map(line)].join("\n");
}

/** Names of the regions of a page, in their order. */
export function regionsOf(page) {
  return [...page.matchAll(/<!-- made by bench\/page\.mjs: (.+?) -->/g)].map(([, name]) => name);
}

/** Where a region's text is: [from, to]. */
function placeOf(page, name) {
  const start = page.indexOf(startOf(name));
  if (start < 0) throw new Error(`the page has no region "${name}"`);
  const from = start + startOf(name).length;
  const to = page.indexOf(END, from);
  if (to < 0) throw new Error(`the region "${name}" has no end`);
  return [from, to];
}

/** What stands in a region, without the empty lines around it. */
export function readRegion(page, name) {
  return page.slice(...placeOf(page, name)).trim();
}

/** The page with another text in that region. */
export function writeRegion(page, name, text) {
  const [from, to] = placeOf(page, name);
  return `${page.slice(0, from)}\n\n${text}\n\n${page.slice(to)}`;
}
