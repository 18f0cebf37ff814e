import { text } from "./core.generated.js";
import { decodeCore } from "./core-text.js";
import { compiled, startError } from "./refused.js";
import type { CoreProvider } from "./instance.js";

// Not called "module": a bundle in one file may be run as CommonJS, where that name is taken.
let shared: WebAssembly.Module | undefined;

/** The release core, which is in this package's code: compiled at its first use, and shared by all heaps. */
export const INLINED_CORE: CoreProvider = {
  /** Off the main thread, where older browsers compile at most 4 KiB at once. */
  async compile() {
    try {
      return (shared ??= await WebAssembly.compile(decodeCore(text)));
    } catch (error) {
      throw startError(error, true);
    }
  },
  compileSync() {
    return (shared ??= compiled(text));
  },
};
