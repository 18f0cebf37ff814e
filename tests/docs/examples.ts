// The examples of doc comments, as blocks of code: each is a program of its own.
//
// An example is short because some names are there already: `heap`, `alice`, in `heapwright/dump` also `graph`. The files in
// `site/preludes` declare them, and the reference shows these files. What an example uses of the package is imported. What
// it makes it must release: the prelude refuses handles that are left.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Block } from "./blocks.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** An example as it stands in its file. */
export interface Example {
  readonly code: string;
  /** The line of the file on which the code begins, from 1. */
  readonly line: number;
}

/** A tag, but no decorator or scope of a package within code. */
const TAG = /^@[a-zA-Z]+\b/;
const FENCE = /^```(\w*)$/;

/** The examples of one doc comment, whose lines are given without what frames them: what has a fence, and what `@example` begins. */
function examplesIn(lines: readonly string[], firstLine: number): Example[] {
  const found: Example[] = [];
  for (let at = 0; at < lines.length; at++) {
    const language = FENCE.exec(lines[at]!)?.[1];
    if (language !== undefined) {
      const end = lines.findIndex((line, index) => index > at && line === "```");
      if (end < 0) throw new Error(`line ${firstLine + at}: the code block has no end`);
      // Others are drawings and grammars.
      if (language === "ts" || language === "js")
        found.push({ code: lines.slice(at + 1, end).join("\n"), line: firstLine + at + 1 });
      at = end;
    } else if (lines[at]!.startsWith("@example")) {
      const after = lines.findIndex((line, index) => index > at && (TAG.test(line) || FENCE.test(line)));
      const end = after < 0 ? lines.length : after;
      const code = lines
        .slice(at, end)
        .join("\n")
        .replace(/^@example/, "");
      if (code.trim() !== "") found.push({ code, line: firstLine + at });
      at = end - 1;
    }
  }
  return found;
}

/** The examples of all doc comments of a file. */
export function examplesOf(text: string): Example[] {
  return [...text.matchAll(/^[ \t]*\/\*\*.*?\*\//gms)].flatMap(({ 0: comment, index }) => {
    const lines = comment
      .replace(/\*\/$/, "")
      .split("\n")
      .map((line) => line.replace(/^\s*\/?\*+ ?/, ""));
    return examplesIn(lines, text.slice(0, index).split("\n").length);
  });
}

/** A prelude on one line, and without its imports and comments. */
function readPrelude(name: string): string {
  const text = readFileSync(`${root}/site/preludes/${name}.ts`, "utf8");
  return text
    .split("\n")
    .filter((line) => !/^(import|\/\/|export \{\})/.test(line))
    .map((line) => line.trim())
    .join(" ");
}

/** What the heap of an example must be like at its end. */
const AT_END = `using atEnd = { [Symbol.dispose]() {
  if (heap.disposed) return;
  heap.verify();
  const left = heap.handles().map(({ type }) => type);
  if (left.length > 0) throw new Error("the example leaves handles: " + left.join(", "));
} };`.replace(/\n\s*/g, " ");

/** The files that an example reads, and the functions of browsers that it calls. */
function surroundingsOf(code: string): string {
  const files = new Set([...code.matchAll(/readFile\("(\w+\.heap)"/g)].map(([, name]) => name!));
  const written = [...files].map((name) => `await writeFile("${name}", save(heap));`);
  const once =
    "globalThis.requestIdleCallback = () => 0; run({ didTimeout: false, timeRemaining: () => 0 }); return 0;";
  const idle = `globalThis.requestIdleCallback = (run) => { ${once} };`;
  const core = 'await readFile("node_modules/heapwright/dist/core.wasm")';
  const fetch = `globalThis.fetch = async () => new Response(${core}, { headers: { "content-type": "application/wasm" } });`;
  return [
    ...written,
    ...(code.includes("requestIdleCallback") ? [idle] : []),
    ...(code.includes("fetch(") ? [fetch] : []),
  ].join(" ");
}

/** A file of examples, to be checked as a page is. */
export interface ExamplePage {
  readonly name: string;
  readonly blocks: readonly Block[];
}

/** The doc comments of `src` as pages; `exportsOf` has the names of each entry. */
export function examplePages(exportsOf: ReadonlyMap<string, readonly string[]>): ExamplePage[] {
  const preludes = { heap: readPrelude("heap"), dump: readPrelude("dump") };
  const files = readdirSync(`${root}/src`, { recursive: true, encoding: "utf8" })
    .map((name) => `src/${name.replaceAll("\\", "/")}`)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".generated.ts"));
  return files.sort().map((name) => ({
    name,
    blocks: examplesOf(readFileSync(`${root}/${name}`, "utf8")).flatMap((example) =>
      blocksOf(example, name.startsWith("src/dump") ? preludes.dump : preludes.heap, exportsOf),
    ),
  }));
}

/** The names of the package that a program uses, imported under the names that `rename` gives them; one statement for each entry. */
function importsFor(
  code: string,
  exportsOf: ReadonlyMap<string, readonly string[]>,
  rename: (name: string) => string,
): string {
  const imported = new Set<string>();
  const statements = [...exportsOf].flatMap(([entry, names]) => {
    const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(code) && !imported.has(name));
    for (const name of used) imported.add(name);
    const list = used.map((name) => (rename(name) === name ? name : `${name} as ${rename(name)}`));
    return used.length === 0 ? [] : [`import { ${list.join(", ")} } from "${entry}";`];
  });
  return statements.join(" ");
}

/** An example and what stands before it, whose imports have other names: an example may import the same from another entry. */
function blocksOf(
  { code, line }: Example,
  prelude: string,
  exportsOf: ReadonlyMap<string, readonly string[]>,
): Block[] {
  const own = /\b(?:const|using|let|class) \w+|\bimport \{[^}]*\}/g;
  const declared = new Set([...code.matchAll(own)].flatMap(([text]) => text.match(/\w+/g)!));
  const missing = new Map([...exportsOf].map(([entry, names]) => [entry, names.filter((name) => !declared.has(name))]));
  const start = `${prelude.replace("/* example */", AT_END)} ${surroundingsOf(code)}`;
  const rename = (name: string): string => `${name}_`;
  const hidden = [...exportsOf.values()]
    .flat()
    .reduce((text, name) => text.replace(new RegExp(`(?<![."]|\\w)${name}\\b`, "g"), rename(name)), start);
  const rest = { treatment: "run", reason: "", line } as const;
  return [
    { ...rest, code: `${importsFor(start, exportsOf, rename)} ${hidden}`, startsAnew: true },
    { ...rest, code: `${importsFor(code, missing, (name) => name)} ${code}`, startsAnew: false },
  ];
}
