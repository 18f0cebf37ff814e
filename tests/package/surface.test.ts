// The public surface, as a report that is checked in: what programs can name, and of what type it is. Whoever changes it sees the
// change in a review, and has CHANGELOG.md to write. `npx vitest run tests/package/surface -u` writes the report anew.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

/** The declarations of a file without comments, in a form that does not depend on its line breaks. */
function declarationsIn(file: string, text: string): string {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  return ts.createPrinter({ removeComments: true }).printFile(source).trim();
}

function report(): string {
  const files = readdirSync(dist).filter((name) => name.endsWith(".d.ts"));
  return files
    .sort()
    .map((name) => `// ${name}\n${declarationsIn(name, readFileSync(dist + name, "utf8"))}\n`)
    .join("\n");
}

test("the types of the package are those of the checked-in report", async () => {
  await expect(report()).toMatchFileSnapshot("surface.txt");
});

test("nothing internal is in the types, and no name ends in Face", () => {
  const text = report();
  expect(text).toContain("class Heap");
  for (const name of ["Store", "isStackOverflow", "messageOf", "describe("])
    expect(text).not.toMatch(new RegExp(`\\b${name.replace("(", "\\(")}`));
  expect(text).not.toMatch(/\w+Face\b/);
  expect(text).not.toContain("[[h");
});
