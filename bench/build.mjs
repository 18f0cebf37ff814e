// Compiles what the subjects need into bench/.build/.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

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

/** AssemblyScript has no structs of WasmGC: that one is written in the text format. */
async function assemble(name) {
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.parseText(readFileSync(`${bench}programs/program.wat`, "utf8"));
  const { GC, ReferenceTypes, MutableGlobals } = binaryen.Features;
  module.setFeatures(GC | ReferenceTypes | MutableGlobals);
  if (!module.validate()) throw new Error("programs/program.wat is not valid");
  binaryen.setOptimizeLevel(3);
  module.optimize();
  writeFileSync(built(name), module.emitBinary());
}

export async function build(names) {
  const { default: asc } = await import("assemblyscript/asc");
  mkdirSync(directory, { recursive: true });
  for (const name of names) {
    if (name === "wasm-gc") {
      await assemble(name);
      continue;
    }
    const [source, ...flags] = MODULES[name];
    const args = [source, "--baseDir", bench, "--config", "wasm/asconfig.json", "--outFile", `.build/${name}.wasm`];
    const { error, stderr } = await asc.main([...args, ...flags]);
    if (error) throw new Error(`${source} does not compile:\n${stderr.toString()}`);
  }
}
