// Where handles and objects were made: lines of the program's, whatever its classes are called, and also in a bundle,
// minified or not. `npm run test:engines` asks the same of more bundlers, and of Deno and Bun.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bundlers } from "./bundlers.mjs";
import { PROGRAM, faultsOf } from "./check.mjs";

const folder = mkdtempSync(join(tmpdir(), "heapwright-sites-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("of a program beside the package", () => {
  expect(faultsOf(process.execPath, [PROGRAM])).toEqual([]);
});

test.each([
  { bundler: "esbuild", minify: false },
  { bundler: "esbuild", minify: true },
  { bundler: "rolldown", minify: false },
  { bundler: "rolldown", minify: true },
] as const)("of a bundle of both: $bundler, minified: $minify", async ({ bundler, minify }) => {
  const file = join(folder, `${bundler}.${minify}.mjs`);
  await bundlers[bundler]({ input: PROGRAM, output: file, minify });
  expect(faultsOf(process.execPath, [file], `${file}.map`)).toEqual([]);
  // Node maps stacks itself.
  if (minify) expect(faultsOf(process.execPath, ["--enable-source-maps", file])).toEqual([]);
});
