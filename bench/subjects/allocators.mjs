import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { built } from "../build.mjs";
import { clangWithWasi, emscripten, rustForWasm } from "./compilers.mjs";
import { startModule } from "./wasm-module.mjs";

const inC = fileURLToPath(new URL("../c/blocks.c", import.meta.url));
const inRust = fileURLToPath(new URL("../rust/blocks.rs", import.meta.url));
const FIRST_MEMORY = 16 * 1024 * 1024;
const MOST_MEMORY = 4 * 1024 * 1024 * 1024;
const OPTIMISED = ["-O3", "-DNDEBUG", `-DFIRST_MEMORY=${FIRST_MEMORY}`];

const byEmscripten = (name) => [
  inC,
  ...OPTIMISED,
  `-sMALLOC=${name}`,
  `-sINITIAL_MEMORY=${FIRST_MEMORY}`,
  "-sALLOW_MEMORY_GROWTH=1",
  `-sMAXIMUM_MEMORY=${MOST_MEMORY}`,
  "-sSTANDALONE_WASM",
  "--no-entry",
];
const byClang = (...more) => [
  "--target=wasm32-wasi",
  "--sysroot=/usr",
  "-mexec-model=reactor",
  `-Wl,--initial-memory=${FIRST_MEMORY},--max-memory=${MOST_MEMORY}`,
  inC,
  ...OPTIMISED,
  ...more,
];
const byRust = [
  inRust,
  "--target=wasm32-unknown-unknown",
  "--crate-type=cdylib",
  "-Copt-level=3",
  "-Cpanic=abort",
  "-Clto=fat",
  `-Clink-arg=--max-memory=${MOST_MEMORY}`,
];

const NO_EMSCRIPTEN = "there is no emcc on PATH (Debian's package is emscripten)";
const NO_CLANG =
  "there is no clang with wasi-libc (Debian's packages are clang-19, lld-19, libclang-rt-19-dev-wasm32 and wasi-libc)";
const NO_RUST = "no rustc here compiles to wasm (Debian's packages are rustc and libstd-rust-dev-wasm32)";
const NO_SOURCE = "MIMALLOC_SOURCE does not name its sources (https://github.com/microsoft/mimalloc)";

/** From its sources, as one file. */
function mimallocSources() {
  const sources = process.env.MIMALLOC_SOURCE;
  if (!sources || !existsSync(join(sources, "src/static.c"))) return undefined;
  const header = readFileSync(join(sources, "include/mimalloc.h"), "utf8");
  const digits = header.match(/MI_MALLOC_VERSION\s+(\d+)/)?.[1] ?? "";
  const [, major, minor, patch] = digits.match(/^(\d+?)(\d\d?)(\d\d)$/)?.map(Number) ?? [];
  const flags = [join(sources, "src/static.c"), "-I", join(sources, "include"), "-DUSE_MIMALLOC", "-w"];
  // Of the clock of processes, which WASI lacks.
  const clock = ["-D_WASI_EMULATED_PROCESS_CLOCKS", "-lwasi-emulated-process-clocks"];
  return { version: [major, minor, patch].join("."), flags: [...flags, ...clock] };
}

/** How each is made: the compiler, its arguments, and a source that it depends on; or why it cannot be. */
const RECIPES = {
  dlmalloc: () => (emscripten() ? { ...emscripten(), args: byEmscripten("dlmalloc"), source: inC } : NO_EMSCRIPTEN),
  emmalloc: () => (emscripten() ? { ...emscripten(), args: byEmscripten("emmalloc"), source: inC } : NO_EMSCRIPTEN),
  "wasi-dlmalloc": () => (clangWithWasi() ? { ...clangWithWasi(), args: byClang(), source: inC } : NO_CLANG),
  "rust-dlmalloc": () => (rustForWasm() ? { ...rustForWasm(), args: byRust, source: inRust } : NO_RUST),
  mimalloc() {
    const sources = mimallocSources();
    if (!sources) return NO_SOURCE;
    if (!clangWithWasi()) return NO_CLANG;
    const { command, title } = clangWithWasi();
    return {
      command,
      title: `mimalloc ${sources.version}, ${title}`,
      args: byClang(...sources.flags),
      source: inC,
    };
  },
};

/** Compiles a module, unless that was done before: why it could not be. */
function compile(name) {
  const recipe = RECIPES[name]();
  if (typeof recipe === "string") return recipe;
  const file = built(name);
  if (existsSync(file) && statSync(file).mtimeMs > statSync(recipe.source).mtimeMs) return undefined;
  mkdirSync(dirname(file), { recursive: true });
  const { status } = spawnSync(recipe.command, [...recipe.args, "-o", file], { stdio: "ignore" });
  return status === 0 ? undefined : `${recipe.title} could not compile it`;
}

/** An allocator alone: blocks, and no more. */
const allocator = (name, title) => ({
  name,
  title,
  about: () => RECIPES[name]().title,
  unavailable: () => compile(name),
  workloads: { churn: true, "mixed-512": true, "mixed-32768": true },
  start() {
    const program = startModule(name, {}, { emscripten_notify_memory_growth() {} });
    return { ...program, bytesInUse: program.heapBytes };
  },
});

export const allocators = [
  allocator("dlmalloc", "dlmalloc in wasm"),
  allocator("wasi-dlmalloc", "dlmalloc of wasi-libc"),
  allocator("rust-dlmalloc", "Rust's dlmalloc in wasm"),
  allocator("emmalloc", "emmalloc in wasm"),
  allocator("mimalloc", "mimalloc in wasm"),
];
