import { text } from "./core.generated.js";
import { decodeCore } from "./core-text.js";
import type { CoreProvider } from "./instance.js";

let module: WebAssembly.Module | undefined;

/** The release core, which is in this package's code: compiled at its first use, and shared by all heaps. */
export const INLINED_CORE: CoreProvider = {
  /** Off the main thread, where older browsers compile at most 4 KiB at once. */
  async compile() {
    return (module ??= await WebAssembly.compile(decodeCore(text)));
  },
  compileSync() {
    return (module ??= new WebAssembly.Module(decodeCore(text)));
  },
};
