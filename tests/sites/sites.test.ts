// Where handles and objects were made: lines of the program's, whatever its classes are called, and also in a bundle,
// minified or not. `npm run test:engines` asks the same of Deno and Bun.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, expect, test } from "vitest";
import { PROGRAM, faultsOf } from "./check.mjs";

const folder = mkdtempSync(join(tmpdir(), "heapwright-sites-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("of a program beside the package", () => {
  expect(faultsOf(process.execPath, [PROGRAM])).toEqual([]);
});

test.each([false, true])("of a bundle of both, minified: %s", async (minify) => {
  const bundle = await rolldown({ input: PROGRAM, platform: "node" });
  const file = join(folder, `${minify}.mjs`);
  await bundle.write({ file, minify, sourcemap: true, codeSplitting: false });
  await bundle.close();
  expect(faultsOf(process.execPath, [file], `${file}.map`)).toEqual([]);
  // Node maps stacks itself.
  if (minify) expect(faultsOf(process.execPath, ["--enable-source-maps", file])).toEqual([]);
});
