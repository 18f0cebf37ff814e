// `verify` must neither trap nor run for ever, however a heap is damaged. So this runs in a worker that can be stopped.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { BUILDS } from "../support/core.js";
import { howMany, seedOf } from "../support/random.js";

const FILES = { release: "core.wasm", checked: "core.checked.wasm" };
const COUNT = howMany(1000);

interface Answer {
  /** How often `verify` gave each answer. */
  found: Record<number, number>;
  situations: number;
}

/** How the core lays out its state, as JavaScript that a worker can load. */
const folder = mkdtempSync(join(tmpdir(), "heapwright-"));
const layout = join(folder, "layout.mjs");
buildSync({
  stdin: {
    contents: 'export * from "./control-fields.js"; export * from "./core-layout.js"; export * from "./readings.js";',
    resolveDir: fileURLToPath(new URL("../../src/wasm", import.meta.url)),
  },
  bundle: true,
  format: "esm",
  outfile: layout,
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(BUILDS)(
  "verify comes back from any damage of a word, %s core",
  async (build) => {
    const seed = seedOf(20);
    const state = new Int32Array(new SharedArrayBuffer(5 * 4));
    const wasm = readFileSync(new URL(`../../dist/${FILES[build]}`, import.meta.url));
    const worker = new Worker(new URL("damage.mjs", import.meta.url), {
      workerData: { wasm, seed, count: COUNT, state, layout: pathToFileURL(layout).href },
    });
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answer>((resolve, reject) => {
      worker.on("message", resolve);
      worker.on("error", (error) => reject(new Error(`seed ${seed}: ${error.message}`, { cause: error })));
      const last = { situation: -1, damage: -1 };
      // Stuck: at the same damage for ten seconds.
      timer = setInterval(() => {
        const [situation, damage, at, old, value] = state as unknown as [number, number, number, number, number];
        if (situation === last.situation && damage === last.damage)
          reject(
            new Error(`seed ${seed}: no answer in situation ${situation}: word ${at >>> 0} was ${old}, is ${value}`),
          );
        Object.assign(last, { situation, damage });
      }, 10_000);
    }).finally(() => {
      clearInterval(timer);
      return worker.terminate();
    });
    expect(answer.situations).toBe(14);
    expect(Object.values(answer.found).reduce((sum, times) => sum + times)).toBe(14 * COUNT);
    // Most of it is found: the rest is payload, numbers that may have any value, and what is not in use.
    expect(answer.found[0]).toBeLessThan(9 * COUNT);
    expect(Object.keys(answer.found).length).toBeGreaterThan(30);
  },
  600_000,
);
