// The imports of the core. An embedder that links this source replaces this file.
//
// No import may throw, except `refuse`: an exception in the middle of a change would leave the heap half changed. The
// first three are hooks: they run user code, which may call back into the heap. The heap is whole at that moment.

/** Runs the finalizer of `object`, which is held during the call. */
@external("host", "finalize")
export declare function finalize(object: usize, type: u32): void;

/** Calls the callback of a weak reference that has been cleared. */
@external("host", "callback")
export declare function callback(weakref: usize, id: u32): void;

/** Reports an event of a collection or cycle: COLLECTION_*, CYCLE_*, STEP_*. */
@external("host", "collection")
export declare function tellCollection(phase: u32, generation: u32, collected: u32): void;

/**
 * Reports that the weak reference with this callback is dead, so the host can drop the function. Runs no user code, and
 * needs at most 2 KiB of stack, since it is called in the middle of a death.
 */
@external("host", "forget")
export declare function forget(id: u32): void;

/** Calls `denyRoom` if the host's stack has no room for a hook and its callees. The rules of `forget` apply. */
@external("host", "checkRoom")
export declare function checkRoom(): void;

/** Checked core: throws an error of the host with this message. Called by doors, before anything has changed. */
@external("host", "refuse")
export declare function refuse(message: string): void;

/** Page number (address / 64 KiB) of the current end of memory. */
export function memoryEndPage(): u32 {
  return <u32>memory.size();
}

/** Asks for `pages` more pages at the end of memory. */
export function growMemory(pages: u32): bool {
  return memory.grow(pages) != -1;
}
