// Everything the core needs from outside. An embedder that links this source replaces this file.
//
// The first four are told to the host; no exception may leave them. They may call back into the
// heap, which is consistent whenever one of them runs.

/** Runs the finalizer of `object`, which is alive during the call and lent to it. */
@external("host", "finalize")
export declare function finalize(object: usize, type: u32): void;

/** Calls the callback of a weak reference whose referent is gone. */
@external("host", "callback")
export declare function callback(weakref: usize, id: u32): void;

/** A collection starts, has found its garbage (if DEBUG_COLLECTABLE is on), ends: COLLECTION_*. */
@external("host", "collection")
export declare function tellCollection(phase: u32, generation: u32, collected: u32): void;

/** A weak reference with this callback died: the function can be forgotten. Runs no user code. */
@external("host", "forget")
export declare function forget(id: u32): void;

/** Whether the host's stack has room for a hook and what it may call. Runs no user code. */
@external("host", "hasRoom")
export declare function hasRoom(): bool;

/** Page number (address / 64 KiB) at which memory ends now. */
export function memoryEndPage(): u32 {
  return <u32>memory.size();
}

/** Asks for `pages` more pages of memory behind the present end. */
export function growMemory(pages: u32): bool {
  return memory.grow(pages) != -1;
}
