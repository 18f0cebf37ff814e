// Compiles what the subjects need into bench/.build/.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const bench = fileURLToPath(new URL(".", import.meta.url));
const directory = `${bench}.build/`;

/** Optimisation is the core's own (bench/wasm/asconfig.json), for AssemblyScript's runtimes too. */
const MODULES = {
  heapwright: ["wasm/heapwright.ts", "--runtime", "stub", "--initialMemory", "32"],
  "as-minimal": ["wasm/managed.ts", "--runtime", "minimal"],
  "as-incremental": ["wasm/managed.ts", "--runtime", "incremental"],
  "as-tlsf": ["wasm/tlsf.ts", "--runtime", "minimal"],
  limit: ["wasm/limit.ts", "--runtime", "stub", "--initialMemory", "2"],
};

export const MODULE_NAMES = Object.keys(MODULES);

/** Path of a compiled module. */
export function built(name) {
  return `${directory}${name}.wasm`;
}

export async function build(names) {
  mkdirSync(directory, { recursive: true });
  for (const name of names) {
    const [source, ...flags] = MODULES[name];
    const args = [source, "--baseDir", bench, "--config", "wasm/asconfig.json", "--outFile", `.build/${name}.wasm`];
    const { error, stderr } = await asc.main([...args, ...flags]);
    if (error) throw new Error(`${source} does not compile:\n${stderr.toString()}`);
  }
}
