import { text } from "./core.generated.js";
import { decodeCore } from "./core-text.js";
import { compiled, startError } from "./refused.js";
import type { CoreProvider } from "./instance.js";

// Not named "module": a bundle in one file may run as CommonJS, where that name is taken.
let shared: WebAssembly.Module | undefined;

/** The release core, inlined in this package's code. It is compiled at its first use and shared by all heaps. */
export const INLINED_CORE: CoreProvider = {
  /** Compiles off the main thread, where older browsers allow only 4 KiB to be compiled synchronously. */
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
