// The benchmark's own build of the core is compiled as the core is that ships: else it would measure another one. The
// package has the benchmark, and not the project's settings of the compiler, so there are two files.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Config {
  options: Record<string, unknown>;
  targets?: Record<string, Record<string, unknown>>;
}

function read(path: string): Config {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as Config;
}

/** What is not about speed: `bench/build.mjs` says it for each module. */
const OF_A_MODULE = ["runtime", "initialMemory", "outFile"];

test("the core of the benchmark is compiled with the options of the core that ships", () => {
  const { options, targets } = read("../../asconfig.json");
  const shipped = { ...options, ...targets?.["release"] };
  const ofSpeed = Object.entries(shipped).filter(([name]) => !OF_A_MODULE.includes(name));
  expect(read("../../bench/wasm/asconfig.json").options).toEqual(Object.fromEntries(ofSpeed));
});
