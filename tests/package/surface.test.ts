// The public surface, as a report that is checked in: what programs can name, and of what type it is. A change of it shows in
// the report, and belongs into CHANGELOG.md. `npx vitest run tests/package/surface -u` writes the report anew.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
const printer = ts.createPrinter({ removeComments: true });

/** Names under which a file's declarations are exported; or all it exports, if it is an entry of the package. */
function exportsOf(source: ts.SourceFile): string[] {
  return source.statements
    .filter(ts.isExportDeclaration)
    .flatMap(({ exportClause }) =>
      exportClause && ts.isNamedExports(exportClause) ? exportClause.elements.map(({ name }) => name.text) : [],
    );
}

/**
 * All declarations by their names, and what each entry exports. Which file a declaration lies in, and what files import from one
 * another, is the bundler's business.
 */
function report(): string {
  const sources = readdirSync(dist)
    .filter((name) => name.endsWith(".d.ts"))
    .sort()
    .map((name) => ts.createSourceFile(name, readFileSync(dist + name, "utf8"), ts.ScriptTarget.ESNext, true));
  const { exports } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    exports: Record<string, { types?: string }>;
  };
  const entries = Object.entries(exports).flatMap(([entry, { types }]) => {
    const source = sources.find(({ fileName }) => types?.endsWith(`/${fileName}`));
    return source === undefined ? [] : [`${entry}: ${exportsOf(source).sort().join(", ")}`];
  });
  const declarations = sources.flatMap((source) =>
    source.statements
      .filter((statement) => !ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement))
      .map((statement) => printer.printNode(ts.EmitHint.Unspecified, statement, source)),
  );
  const byName = (text: string): string =>
    /\b(?:class|interface|type|function|const|enum)\s+(\w+)/.exec(text)?.[1] ?? "";
  declarations.sort((a, b) => byName(a).localeCompare(byName(b)) || (a < b ? -1 : 1));
  return [...entries, ...declarations].join("\n\n") + "\n";
}

test("the types of the package are those of the checked-in report", async () => {
  await expect(report()).toMatchFileSnapshot("surface.txt");
});

test("no internal name is in the types, and no name ends in Face", () => {
  const text = report();
  expect(text).toContain("class Heap");
  for (const name of ["Store", "isStackOverflow", "messageOf"]) expect(text).not.toMatch(new RegExp(`\\b${name}\\b`));
  expect(text).not.toMatch(/\w+Face\b/);
  expect(text).not.toContain("[[h");
  // That of the heap says that programs call Heap.create() instead.
  expect(text.match(/^ *protected .*$/gm)?.map((line) => line.trim())).toEqual([
    "protected constructor(store: unknown);",
  ]);
});
