import { BadOptionError, HeapwrightError, messageOf } from "../base/errors.js";
import { isA } from "../base/untrusted.js";
import { connectHooks } from "../handles/adopt.js";
import { BUILTIN_TYPES } from "../handles/builtins.js";
import { MAX_BYTES } from "../state/options.js";
import { outOfMemory } from "../state/out-of-memory.js";
import type { Store } from "../state/store.js";
import type { CoreExports } from "../wasm/readings.js";
import type { CoreAtHand, CoreSource } from "../wasm/instance.js";
import { startCore, startCoreSync } from "../wasm/instance.js";

/** Starts the core of a heap: an empty one, with the built-in types. @throws {@link BadOptionError}, {@link OutOfMemoryError} */
export async function start(store: Store, source: CoreSource, maxBytes: number | undefined): Promise<void> {
  fill(store, await startCore(source, store.hooks).catch(notACore), maxBytes);
}

/** The same, at once. */
export function startSync(store: Store, source: CoreAtHand, maxBytes: number | undefined): void {
  let exports: CoreExports;
  try {
    exports = startCoreSync(source, store.hooks);
  } catch (error) {
    notACore(error);
  }
  fill(store, exports, maxBytes);
}

function fill(store: Store, exports: CoreExports, maxBytes = MAX_BYTES): void {
  try {
    store.attach(exports);
    if (store.core.init(store.core.heapBase(), maxBytes) === 0)
      throw outOfMemory("an empty heap", { limit: maxBytes, used: 0, handles: 0 });
  } catch (error) {
    notACore(error);
  }
  for (const type of BUILTIN_TYPES) store.types.set(type);
  connectHooks(store);
}

function notACore(cause: unknown): never {
  if (isA(cause, HeapwrightError)) throw cause;
  throw new BadOptionError(`this module is not a core of heapwright: ${messageOf(cause)}`, { cause });
}
