// Marks tables that a phone cannot show side by side, and gives each of their cells the name of its column. The style sheet
// then shows a row of such a table as a block, a line for each cell.

/** Tables of so many columns are stacked on a narrow screen. */
const MOST_COLUMNS = 2;

const textOf = (inline) =>
  (inline.children ?? [])
    .filter(({ type }) => type === "text" || type === "code_inline")
    .map(({ content }) => content)
    .join("");

function markTable(tokens, start) {
  const heads = [];
  let column = 0;
  for (let at = start + 1; tokens[at].type !== "table_close"; at++) {
    const { type } = tokens[at];
    if (type === "th_open") heads.push(textOf(tokens[at + 1]));
    else if (type === "tr_open") column = 0;
    else if (type === "td_open") tokens[at].attrSet("data-label", heads[column++] ?? "");
  }
  if (heads.length > MOST_COLUMNS) tokens[start].attrJoin("class", "stacked");
}

/** For markdown-it. */
export function narrowTables(md) {
  md.core.ruler.push("narrow_tables", ({ tokens }) => {
    for (const [at, { type }] of tokens.entries()) if (type === "table_open") markTable(tokens, at);
  });
}
