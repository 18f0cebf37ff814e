import { readFileSync } from "node:fs";
import { built } from "../build.mjs";

/** The exports of a module that `bench/build.mjs` made; each of them a step of a program. */
export function startModule(name, imports = {}) {
  const module = new WebAssembly.Module(readFileSync(built(name)));
  const { exports } = new WebAssembly.Instance(module, {
    env: {
      abort() {
        throw new Error(`${name} aborted`);
      },
    },
    ...imports,
  });
  exports.start?.();
  return { ...exports, bytesTaken: () => exports.memory.buffer.byteLength };
}
