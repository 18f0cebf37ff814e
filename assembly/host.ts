// Everything the core needs from outside. An embedder that links this source replaces this file.
//
// No exception may leave an import, but for `refuse`. The first three are hooks: they run user code, which may call back
// into the heap. It is whole then.

/** Runs the finalizer of `object`, which is alive during the call and lent to it. */
@external("host", "finalize")
export declare function finalize(object: usize, type: u32): void;

/** Calls the callback of a weak reference whose referent is gone. */
@external("host", "callback")
export declare function callback(weakref: usize, id: u32): void;

/** A collection starts, has found its garbage (if DEBUG_COLLECTABLE is on), ends: COLLECTION_*. */
@external("host", "collection")
export declare function tellCollection(phase: u32, generation: u32, collected: u32): void;

/** A weak reference with this callback died: the function can be forgotten. As `checkRoom`. */
@external("host", "forget")
export declare function forget(id: u32): void;

/**
 * Calls `denyRoom` if the host's stack has no room for a hook and what it may call. Runs no user code, and needs at most
 * 2 KiB of stack itself, since it is called in the middle of a death.
 */
@external("host", "checkRoom")
export declare function checkRoom(): void;

/** Checked core: throws an error of the host's with this message. Called by doors, before anything has changed. */
@external("host", "refuse")
export declare function refuse(message: string): void;

/** Page number (address / 64 KiB) at which memory ends now. */
export function memoryEndPage(): u32 {
  return <u32>memory.size();
}

/** Asks for `pages` more pages of memory behind the present end. */
export function growMemory(pages: u32): bool {
  return memory.grow(pages) != -1;
}
