import { connectHooks } from "../handles/adopt.js";
import { BUILTIN_TYPES } from "../handles/builtins.js";
import { fromJS } from "../load/from-js.js";
import { MAX_BYTES } from "../state/options.js";
import { outOfMemory } from "../state/out-of-memory.js";
import { reserveMemory } from "../state/reserve.js";
import type { Store } from "../state/store.js";
import type { CoreExports } from "../wasm/readings.js";
import type { CoreAtHand, CoreSource } from "../wasm/instance.js";
import { startError } from "../wasm/refused.js";
import { startCore, startCoreSync } from "../wasm/instance.js";

/** Sizes of the WebAssembly memory, in bytes: at most, and from the start on. */
export interface MemorySizes {
  maxBytes?: number;
  initialBytes?: number;
}

/** Starts the core of a heap: an empty one, with the built-in types. @throws {@link BadCoreError}, {@link CoreNotLoadedError}, {@link WasmForbiddenError}, {@link OutOfMemoryError} */
export async function start(store: Store, source: CoreSource, sizes: MemorySizes): Promise<void> {
  fill(store, await startCore(source, store.hooks), sizes);
}

/** The same, at once. */
export function startSync(store: Store, source: CoreAtHand, sizes: MemorySizes): void {
  fill(store, startCoreSync(source, store.hooks), sizes);
}

function fill(store: Store, exports: CoreExports, { maxBytes = MAX_BYTES, initialBytes = 0 }: MemorySizes): void {
  try {
    store.attach(exports);
    if (store.core.init(store.core.heapBase(), maxBytes) === 0)
      throw outOfMemory("an empty heap", { limit: maxBytes, used: 0, handles: 0 });
    reserveMemory(store, initialBytes);
  } catch (error) {
    throw startError(error, false);
  }
  for (const type of BUILTIN_TYPES) store.types.set(type);
  connectHooks(store);
  store.copyIn = (value) => fromJS(store, value);
}
