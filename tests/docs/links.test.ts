// Links between files, as GitHub follows them. The links of the built site are checked by `npm run test:docs`.

import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { anchorsOf, linksOf } from "./links.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { slugOf } = (await import(new URL("../../site/slug.mjs", import.meta.url).href)) as {
  slugOf(heading: string): string;
};
const { sidebarOf } = (await import(new URL("../../site/places.mjs", import.meta.url).href)) as {
  sidebarOf(names: readonly string[]): { items: { link: string }[] }[];
};
const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const names = ["README.md", "CHANGELOG.md", "bench/README.md", ...docs.map((name) => `docs/${name}`)];
const read = (name: string): string => readFileSync(join(root, name), "utf8");

/** What is wrong with a link, or null. */
function faultOf(file: string, target: string, text: string): string | null {
  const [path, anchor] = target.split("#") as [string, string?];
  const linked = path === "" ? file : join(dirname(join(root, file)), path);
  if (path !== "" && !existsSync(linked)) return `${target}: there is no such file`;
  if (path !== "" && relative(root, linked).startsWith("..")) return `${target}: the file is not in the repository`;
  if (anchor === undefined) return null;
  const page = path === "" ? text : statSync(linked).isFile() ? readFileSync(linked, "utf8") : "";
  return anchorsOf(page, slugOf).has(anchor) ? null : `${target}: there is no such heading`;
}

function faultsOf(file: string, text: string): string[] {
  return linksOf(text).flatMap(({ target, line }) => {
    const fault = faultOf(file, target, text);
    return fault === null ? [] : [`${file}:${line} ${fault}`];
  });
}

test.each(names)("each relative link of %s leads to a file and to a heading in it", (name) => {
  expect(faultsOf(name, read(name))).toEqual([]);
});

test("a broken link to a file or heading is found; a link in code is ignored", () => {
  const text =
    "# One\n\n[a](#one) [`b`](#two)\n\n```\n[c](#three)\n```\n`[d](#four)` ![e](e.svg) [f](../package.json)\n";
  expect(faultsOf("docs/page.md", text)).toEqual([
    "docs/page.md:3 #two: there is no such heading",
    "docs/page.md:8 e.svg: there is no such file",
  ]);
});

test.each([
  ["Python's `gc` and weakref", "pythons-gc-and-weakref"],
  ["Heap dumps, folder by folder", "heap-dumps-folder-by-folder"],
  ["[Unreleased] – x_y", "unreleased--x_y"],
])("the anchor of %j is %j, as on GitHub", (heading, anchor) => {
  expect(slugOf(heading)).toBe(anchor);
});

test("equal headings have different anchors", () => {
  expect([...anchorsOf("# A\n## A\n```\n# B\n```\n## [A](x)\n", slugOf)]).toEqual(["a", "a-1", "a-2"]);
});

test("each page of docs has a place in the site's sidebar", () => {
  const pages = docs.map((name) => name.slice(0, -".md".length));
  const links = sidebarOf(pages).flatMap(({ items }) => items.map(({ link }) => link));
  for (const page of pages) expect(links).toContain(`/${page}`);
  expect(() => sidebarOf([...pages, "lost"])).toThrow("docs/lost.md is in no group");
});
