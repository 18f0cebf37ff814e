import {
  BadCoreError,
  CoreNotLoadedError,
  HeapwrightError,
  OutOfMemoryError,
  WasmForbiddenError,
  isStackOverflow,
  messageOf,
} from "../base/errors.js";
import { isA } from "../base/untrusted.js";
import { decodeCore } from "./core-text.js";

/** The error to throw when compiling or starting a core has failed. `isOurs`: the bytes are known to be valid. */
export function startError(cause: unknown, isOurs: boolean): unknown {
  if (isA(cause, HeapwrightError) || isStackOverflow(cause)) return cause;
  const message = messageOf(cause);
  if (typeof WebAssembly === "undefined")
    return new WasmForbiddenError("this engine has no WebAssembly, or it is switched off here", { cause });
  if (FORBIDDEN.test(message) || (isOurs && isA(cause, WebAssembly.CompileError)))
    return new WasmForbiddenError(`${MAIN_THREAD.test(message) ? USE_CREATE : USE_MODULE}: ${message}`, { cause });
  if (NO_MEMORY.test(message))
    return new OutOfMemoryError(
      `out of memory: the engine refuses memory for another heap (${message}). Each heap reserves address space, even a small one: dispose of heaps that you no longer need`,
      { cause },
    );
  if (NOT_SERVED.test(message))
    return new CoreNotLoadedError(`the core for the option "module" could not be loaded: ${message}`, { cause });
  return new BadCoreError(`the option "module" is not a core of this version of heapwright: ${message}`, {
    cause,
  });
}

const USE_CREATE = "WebAssembly of this size cannot be compiled at once on this thread: await Heap.create() instead";
const USE_MODULE =
  'WebAssembly may not be compiled here: allow it (in a Content-Security-Policy: script-src \'wasm-unsafe-eval\'), or pass a compiled module as the option "module" (Cloudflare: import core from "heapwright/core.wasm")';

// Messages of the engines: Chrome and Node; Firefox; Safari.
const MAIN_THREAD = /disallowed on the main thread/;
const FORBIDDEN = /disallowed (?:by|on)|blocked by CSP|unsafe-eval|[Rr]efused to (?:compile|create|instantiate)/;
const NO_MEMORY = /out of memory|could not allocate|cannot allocate|allocation failed|couldn't create memory/i;
const NOT_SERVED = /MIME type|HTTP status|status code|not ok|[Ff]ailed to fetch|[Ll]oad failed|NetworkError/;

/** Compiles bytes that this package contains. @throws {@link WasmForbiddenError} */
export function compiled(text: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(decodeCore(text));
  } catch (error) {
    throw startError(error, true);
  }
}

/** Waits for the core that the program passed. @throws {@link CoreNotLoadedError} */
export async function arrived<T>(source: T | Promise<T>): Promise<T> {
  try {
    return await source;
  } catch (cause) {
    if (isA(cause, HeapwrightError)) throw cause;
    throw new CoreNotLoadedError(`the promise given as the option "module" was rejected: ${messageOf(cause)}`, {
      cause,
    });
  }
}
