import { base64 } from "./core.generated.js";
import { decodeBase64 } from "./base64.js";

let module: WebAssembly.Module | undefined;

/** The release core, compiled at its first use and shared by all heaps. */
export function inlinedCore(): WebAssembly.Module {
  return (module ??= new WebAssembly.Module(decodeBase64(base64)));
}

/** The same, compiled off the main thread, where older browsers compile at most 4 KiB at once. */
export async function compileInlinedCore(): Promise<WebAssembly.Module> {
  return (module ??= await WebAssembly.compile(decodeBase64(base64)));
}
