/**
 * The checked core finds memory errors. Its assertions name the likely cause; it poisons freed memory and guards payloads.
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

/**
 * Returns the checked core. The first call compiles it; all heaps share the module.
 *
 * @example
 * using checked = Heap.createSync({ module: checkedCore() });
 * checked.verify();
 *
 * @throws WasmForbiddenError if the platform forbids compiling WebAssembly.
 */
export function checkedCore(): WasmModule {
  return (shared ??= compiled(text));
}
