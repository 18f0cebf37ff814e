// Compilers of other languages to WebAssembly, where this machine has them.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return status === 0 ? stdout : undefined;
}

/** Looks once. */
function once(find) {
  let found;
  return () => (found ??= [find()])[0];
}

/** Emscripten's compiler, its name and version; or undefined. */
export const emscripten = once(() => {
  const version = output("emcc", ["--version"])?.match(/\d+\.\d+\.\d+/)?.[0];
  return version && { command: "emcc", title: `Emscripten ${version}` };
});

const OLDEST_CLANG = 14;
const NEWEST_CLANG = 30;

/** The newest clang that has a linker for wasm and wasi-libc beside it. */
export const clangWithWasi = once(() => {
  if (!existsSync("/usr/include/wasm32-wasi/stdlib.h")) return undefined;
  const names = ["clang"];
  for (let version = OLDEST_CLANG; version <= NEWEST_CLANG; version++) names.unshift(`clang-${version}`);
  for (const command of names) {
    const version = output(command, ["--version"])?.match(/\d+\.\d+\.\d+/)?.[0];
    const linker = command.replace("clang", "wasm-ld");
    if (version && output(linker, ["--version"]) !== undefined)
      return { command, title: `clang ${version}, wasi-libc` };
  }
  return undefined;
});

/** A rustc that has a standard library for wasm: its own, or the system's. */
export const rustForWasm = once(() => {
  for (const command of ["rustc", "/usr/bin/rustc"]) {
    const version = output(command, ["--version"])?.match(/\d+\.\d+\.\d+/)?.[0];
    const root = version && output(command, ["--print", "sysroot"])?.trim();
    if (root && existsSync(`${root}/lib/rustlib/wasm32-unknown-unknown/lib`))
      return { command, title: `rustc ${version}` };
  }
  return undefined;
});
