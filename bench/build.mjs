// Compiles what the subjects need into bench/.build/.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const bench = fileURLToPath(new URL(".", import.meta.url));
const directory = `${bench}.build/`;

/** Options of the compiler: those of the core that ships (bench/wasm/asconfig.json), for AssemblyScript's runtimes too. */
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

/** Of all that what is compiled may depend on: sources, flags, compiler. */
function fingerprint() {
  const hash = createHash("sha256").update(JSON.stringify(MODULES));
  hash.update(createRequire(import.meta.url)("assemblyscript/package.json").version);
  for (const folder of [`${bench}wasm/`, `${bench}../assembly/`])
    for (const file of readdirSync(folder, { recursive: true }).sort())
      if (/\.(ts|json)$/.test(file)) hash.update(file).update(readFileSync(`${folder}${file}`));
  return hash.digest("hex");
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
  const print = fingerprint();
  for (const name of names) {
    if (name === "wasm-gc") {
      await assemble(name);
      continue;
    }
    // What was compiled of the same is the same.
    const mark = `${built(name)}.of`;
    if (existsSync(built(name)) && existsSync(mark) && readFileSync(mark, "utf8") === print) continue;
    const [source, ...flags] = MODULES[name];
    const args = [source, "--baseDir", bench, "--config", "wasm/asconfig.json", "--outFile", `.build/${name}.wasm`];
    const { error, stderr } = await asc.main([...args, ...flags]);
    if (error) throw new Error(`${source} does not compile:\n${stderr.toString()}`);
    writeFileSync(mark, print);
  }
}
