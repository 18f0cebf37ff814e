import { createHash } from "node:crypto";
import type { Dump } from "../dump.js";
import { cycles } from "../commands/cycles.js";
import { dups } from "../commands/dups.js";
import { fragmentation } from "../commands/fragmentation.js";
import { info } from "../commands/info.js";
import { refcounts } from "../commands/refcounts.js";
import { top } from "../commands/top.js";
import { types } from "../commands/types.js";
import type { Block, Report } from "../report.js";
import { grouped, shown } from "../text.js";
import { icicle } from "./icicle.js";
import { page } from "./page.js";

/** Maximal number of rows of each table. */
const LIMIT = 100;
const CYCLES = 20;

/**
 * A report as one self-contained file, to mail or to store with a build: the output of the commands, and a picture of the
 * dominator tree. Its content security policy forbids it to load anything. All text is escaped, because names in a dump
 * are untrusted.
 */
export async function htmlReport(dump: Dump): Promise<string> {
  const limit = LIMIT;
  const knowsCounts = dump.graph.nodes.refcount !== null && dump.graph.nodes.outside !== null;
  const sections: [id: string, title: string, report: Report][] = [
    ["overview", "Overview", await info(dump)],
    ["top", "Largest objects and suspects", await top(dump, { limit })],
    ["types", "Types", await types(dump, { limit, by: "retained" })],
    ["cycles", "Cycles", await cycles(dump, { limit: CYCLES })],
    ["duplicates", "Duplicates", await dups(dump, { limit })],
    ...(knowsCounts ? [["refcounts", "Refcounts", await refcounts(dump, { limit })] as [string, string, Report]] : []),
    ...(dump.graph.memory
      ? [["pages", "Fragmentation", fragmentation(dump, { limit })] as [string, string, Report]]
      : []),
  ];
  const { boxes, merged } = icicle(dump.graph, await dump.dominatorPaths());
  const script = `(${page.toString()})(JSON.parse(document.getElementById("boxes").textContent), document, window);`;
  const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(STYLE)}; base-uri 'none'; form-action 'none'`;
  const [[, , overview], ...rest] = sections as [(typeof sections)[number], ...typeof sections];
  const picture = `<section id="dominators"><h2>Dominators by type</h2>
<p class="note">Each box is all objects of a type with the same types above them; it is as wide as what they retain. Click one to have it fill the width, Escape goes up.${
    merged > 0 ? ` ${grouped(merged)} small boxes are put together as “(smaller)”.` : ""
  }</p>
<p id="about"></p><canvas id="icicle"></canvas></section>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Heap report: ${escapeHtml(shown(dump.file, 200))}</title>
<style>${STYLE}</style></head><body>
<h1>${escapeHtml(shown(dump.file, 200))}</h1>
<nav>${[["dominators", "Dominators"], ...rest].map(([id, title]) => `<a href="#${id}">${escapeHtml(title)}</a>`).join(" ")}</nav>
<section id="overview">${overview.text.map(blockHtml).join("\n")}</section>
${picture}
${rest.map(([id, title, report]) => `<section id="${id}"><h2>${escapeHtml(title)}</h2>\n${report.text.map(blockHtml).join("\n")}</section>`).join("\n")}
<script type="application/json" id="boxes">${jsonForHtml(boxes)}</script>
<script>${script}</script>
</body></html>
`;
}

function blockHtml(block: Block): string {
  if ("heading" in block) return `<h3>${escapeHtml(block.heading)}</h3>`;
  if ("line" in block) return `<p class="line">${escapeHtml(block.line)}</p>`;
  if ("note" in block) return `<p class="note">${escapeHtml(block.note)}</p>`;
  const cells = (tag: string, row: readonly string[]): string =>
    row
      .map((cell, c) => `<${tag}${block.columns[c]?.align === "left" ? "" : ' class="n"'}>${escapeHtml(cell)}</${tag}>`)
      .join("");
  const head = cells(
    "th",
    block.columns.map((column) => column.head),
  );
  return `<table><thead><tr>${head}</tr></thead><tbody>${block.rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("\n")}</tbody></table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** JSON that cannot close the HTML element around it. */
function jsonForHtml(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const STYLE = `
:root { color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid #8886; }
h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
nav { display: flex; gap: 1rem; flex-wrap: wrap; }
table { border-collapse: collapse; margin: .4rem 0; }
th, td { text-align: left; padding: .1rem .8rem .1rem 0; vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 500; opacity: .7; border-bottom: 1px solid #8886; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.line { margin: .15rem 0; white-space: pre-wrap; overflow-wrap: anywhere; } .note { opacity: .7; margin: .2rem 0; }
canvas { width: 100%; height: 300px; display: block; cursor: pointer; } #about { min-height: 1.5em; overflow-wrap: anywhere; }
`;
