/**
 * The checked core: asserts that name the likely cause, poisoned freed memory, guarded payloads.
 *
 * ```ts
 * import { Heap } from "heapwright";
 * import { checkedCore } from "heapwright/checked";
 * const heap = Heap.createSync({ module: checkedCore() });
 * ```
 *
 * @packageDocumentation
 */
import type { WasmModule } from "./base/platform.js";
import { text } from "./wasm/core-checked.generated.js";
import { compiled } from "./wasm/refused.js";

let shared: WebAssembly.Module | undefined;

/** The checked core, compiled at its first use and shared by all heaps. @throws WasmForbiddenError, where WebAssembly may not be compiled. */
export function checkedCore(): WasmModule {
  return (shared ??= compiled(text));
}
