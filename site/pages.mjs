// Lays out site/.pages, from which VitePress builds: the pages of docs/, README and CHANGELOG with their links turned to the
// site's addresses, and each other file that they link to as a page that shows its text. Not checked in.

import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { PAGES } from "./places.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const site = fileURLToPath(new URL(".", import.meta.url));
export const pagesFolder = join(site, ".pages");

const LANGUAGES = { ".mjs": "js", ".py": "python" };
/** Files that the site gives as they are. */
const RAW = [".svg", ".json", ".png"];
/**
 * A link or picture of Markdown, or an image of HTML: what stands in front of the address, the address, and what ends it.
 * Code is another alternative, so that links in it stay.
 */
const LINK =
  /(^```[^]*?^```|`[^`\n]*`)|(!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(|<(?:source [^>]*srcset|img [^>]*src)=")([^)"\s]+)([)"])/gm;

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** The names of the pages of docs/. */
export function docsPages() {
  return readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => name.slice(0, -".md".length));
}

/** The address of a file of the repository on the site. `others` collects the files that need a page of their own. */
function addressOf(file, others) {
  if (PAGES[file]) return `/${PAGES[file]}`;
  if (RAW.includes(extname(file))) return `/${file}`;
  if (file.startsWith("docs/") && file.endsWith(".md")) return `/${file.slice("docs/".length, -".md".length)}`;
  others.add(file);
  // A dot would make VitePress take the address for that of a file.
  return `/source/${file.replace(/\.md$/, "").replaceAll(".", "-")}`;
}

/** The text of a page with the links of a reader of the repository turned to those of the site. */
function turnLinks(text, file, others) {
  return text.replace(LINK, (whole, code, head, target, end) => {
    if (code !== undefined || /^(\w+:|#|\/)/.test(target)) return whole;
    const [path, anchor] = target.split("#");
    const linked = posix.normalize(posix.join(posix.dirname(file), path)).replace(/\/$/, "");
    if (!existsSync(join(root, linked))) throw new Error(`${file} links to ${target}, which is not there`);
    return `${head}${addressOf(linked, others)}${anchor === undefined ? "" : `#${anchor}`}${end}`;
  });
}

/** A page that shows a file or lists a folder. */
function sourcePage(file, others) {
  const path = join(root, file);
  const head = "---\nsearch: false\noutline: false\nprev: false\nnext: false\n---\n";
  if (file.endsWith(".md")) return head + turnLinks(readFileSync(path, "utf8"), file, others);
  const title = `${head}# ${file.split("/").at(-1)}\n\n\`${file}\`\n\n`;
  if (!statSync(path).isDirectory()) {
    const language = LANGUAGES[extname(file)] ?? extname(file).slice(1);
    return `${title}\`\`\`\`${language}\n${readFileSync(path, "utf8")}\`\`\`\`\n`;
  }
  const names = readdirSync(path).filter((name) => statSync(join(path, name)).isFile());
  return title + names.map((name) => `- [${name}](${addressOf(`${file}/${name}`, others)})\n`).join("");
}

function layPlayground() {
  const folder = join(pagesFolder, "public/playground");
  cpSync(join(site, "playground"), folder, { recursive: true });
  const names = readdirSync(join(root, "dist")).filter((name) => name.endsWith(".js"));
  for (const name of names) {
    const code = readFileSync(join(root, "dist", name), "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, "");
    write(join(folder, "package", name), code);
  }
}

/** Lays out all pages but those of the API. */
export function layPages() {
  rmSync(pagesFolder, { recursive: true, force: true });
  const others = new Set();
  const files = [...Object.keys(PAGES), ...docsPages().map((name) => `docs/${name}.md`)];
  for (const file of files) {
    const text = turnLinks(readFileSync(join(root, file), "utf8"), file, others);
    write(join(pagesFolder, `${addressOf(file, others)}.md`), text);
  }
  // A set may grow while it is gone through: these pages have links, too.
  for (const file of others) write(join(pagesFolder, `${addressOf(file, others)}.md`), sourcePage(file, others));
  for (const name of ["index.md", "playground.md"]) cpSync(join(site, name), join(pagesFolder, name));
  for (const name of ["benchmarks", "inspect"])
    cpSync(join(root, "docs", name), join(pagesFolder, "public/docs", name), { recursive: true });
  layPlayground();
}
