import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { built } from "../build.mjs";
import { startModule } from "./wasm-module.mjs";

const source = fileURLToPath(new URL("../c/blocks.c", import.meta.url));
const FIRST_MEMORY = 16 * 1024 * 1024;
const FLAGS = [
  "-O3",
  "-DNDEBUG",
  `-DFIRST_MEMORY=${FIRST_MEMORY}`,
  `-sINITIAL_MEMORY=${FIRST_MEMORY}`,
  "-sALLOW_MEMORY_GROWTH=1",
  "-sMAXIMUM_MEMORY=4GB",
  "-sSTANDALONE_WASM",
  "--no-entry",
];

/** mimalloc comes with newer versions of Emscripten; or from its own sources, as one file. */
function flagsFor(name) {
  const sources = process.env.MIMALLOC_SOURCE;
  if (name !== "mimalloc" || sources === undefined) return [`-sMALLOC=${name}`];
  return [join(sources, "src/static.c"), "-I", join(sources, "include"), "-DUSE_MIMALLOC", "-D__wasi__"];
}

/** Compiles a module, unless that was done before: why it could not be. */
function compile(name) {
  const file = built(name);
  if (existsSync(file) && statSync(file).mtimeMs > statSync(source).mtimeMs) return undefined;
  mkdirSync(dirname(file), { recursive: true });
  const { error, status } = spawnSync("emcc", [source, ...FLAGS, ...flagsFor(name), "-o", file], { stdio: "ignore" });
  if (error) return "there is no emcc on PATH (Debian's package is emscripten)";
  if (status === 0) return undefined;
  return name === "mimalloc"
    ? "this emcc does not have it; MIMALLOC_SOURCE=<its sources> would do, too"
    : "emcc could not compile it";
}

/** An allocator of C's, alone: blocks, and no more. */
const allocator = (name) => ({
  name,
  title: `${name}, in wasm`,
  unavailable: () => compile(name),
  workloads: { churn: true, "mixed-512": true, "mixed-32768": true },
  start() {
    const program = startModule(name, {}, { emscripten_notify_memory_growth() {} });
    return { ...program, bytesInUse: program.heapBytes };
  },
});

export const allocators = ["dlmalloc", "emmalloc", "mimalloc"].map(allocator);
