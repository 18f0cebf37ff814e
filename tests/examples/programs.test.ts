// The programs in examples/programs are strict TypeScript that Node 24 runs as it is. Here they are compiled, because older
// versions of Node cannot.

import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "examples/programs");
const names = readdirSync(folder).map((name) => name.replace(/\.ts$/, ""));
const temporary = mkdtempSync(join(tmpdir(), "heapwright-programs-"));
afterAll(() => {
  rmSync(temporary, { recursive: true });
});

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"],
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  erasableSyntaxOnly: true,
  skipLibCheck: true,
};

const EXPECTED: Record<string, string[]> = {
  "document-store": [
    "Ada undefined",
    '[{"id":7,"customer":{"name":"Ada"},"lines":[{"sku":"A-2","price":8}],"paid":true}]',
    "left: 0 objects, 0 handles",
    "left: 0 objects, 0 handles",
  ],
  "element-tree": [
    "<body><h1></h1><ul><i></i><b></b></ul></body>",
    "above i: ul, body",
    "<body><h1></h1></body>",
    "ul dies",
    "i dies",
    "b dies",
    "body dies",
    "h1 dies",
    "left: 0 objects, 0 handles",
  ],
  environment: [
    "add3(4) is 7; objects: 12",
    "the globals are dropped, their cycles are not: 12",
    "collected: 5",
    "left: 0 objects, 0 handles",
  ],
  "lru-cache": [
    "forgotten: /docs, 1 visits",
    "forgotten: /, 2 visits",
    "kept: /api, /docs; 2 hits, 4 misses",
    "forgotten: /api, 1 visits",
    "forgotten: /docs, 2 visits",
    "left: 0 objects, 0 handles",
  ],
  "observer-leak": [
    "preview shows final",
    "handle",
    "list",
    "[0] → View",
    "leaks after the cure: 0",
    "left: 0 objects, 0 handles",
  ],
  "undo-stack": [
    "{'color': 'red', 'points': [7, 8, 9]}",
    "{'color': 'red', 'points': []}",
    "dropped: a change of points",
    "{'color': 'blue', 'points': [7, 8]} redo: false",
    "dropped: a change of color",
    "dropped: a change of points",
    "dropped: a change of color",
    "left: 0 objects, 0 handles",
  ],
};

/** What a program says to TypeScript without proof: casts, `!` and `any`. */
function unproven(file: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isCast = ts.isAsExpression(node) && !ts.isConstTypeReference(node.type);
    if (isCast || ts.isNonNullExpression(node) || node.kind === ts.SyntaxKind.AnyKeyword)
      found.push(`${file.fileName}: ${node.getText(file)}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Compiles all programs at once, in a folder where the package is installed; what is wrong with them. */
function compile(): string[] {
  mkdirSync(join(temporary, "node_modules"));
  symlinkSync(root, join(temporary, "node_modules/heapwright"), "dir");
  writeFileSync(join(temporary, "package.json"), '{ "type": "module" }\n');
  for (const name of names) copyFileSync(join(folder, `${name}.ts`), join(temporary, `${name}.ts`));
  const files = names.map((name) => join(temporary, `${name}.ts`));
  const program = ts.createProgram(files, OPTIONS);
  program.emit();
  const wrong = ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
  return [...wrong, ...files.flatMap((file) => unproven(program.getSourceFile(file)!))];
}

/** Runs all of them in one process: what each prints. */
function run(): Record<string, string[]> {
  const all = names.map((name) => `console.log("# ${name}"); await import("./${name}.js");`).join("\n");
  writeFileSync(join(temporary, "all.js"), all);
  const output = execFileSync(process.execPath, [join(temporary, "all.js")], { encoding: "utf8" });
  const parts = output.split(/^# /m).slice(1);
  return Object.fromEntries(parts.map((part) => [part.split("\n")[0]!, part.trimEnd().split("\n").slice(1)]));
}

test("the small programs are strict TypeScript without casts, and print what they should", () => {
  expect(compile()).toEqual([]);
  expect(run()).toEqual(EXPECTED);
});

test.each(names)("%s has at most 60 lines, and checks its heap at the end", (name) => {
  const text = readFileSync(join(folder, `${name}.ts`), "utf8");
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(60);
  expect(text).not.toContain("@ts-");
  expect(text).toMatch(/\.verify\(\)/);
  expect(EXPECTED[name]!.at(-1)).toBe("left: 0 objects, 0 handles");
});
