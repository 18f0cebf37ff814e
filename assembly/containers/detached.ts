// Bulk removal: many items leave a container at once.
//
// As in CPython, they are out of the container before the first of them dies: a finalizer finds them gone, and what it
// puts in stays. They move to a detached container: an object of the same type, to which nothing refers, made for the
// purpose. Then it dies, as any object does: in the order of its kind, in slices with bounded pauses, with its slots in
// sight of the collectors and of `verify`. So a container of any size is cleared in constant time plus that death.
//
// Programs never see a detached container. FLAG_DETACHED keeps its death from counting: its birth did not.
//
// Without memory for one (32 or 40 bytes) the items are removed in place, one by one. Then finalizers still see those
// whose turn has not come, and what they insert in front of those may be removed instead of them.

import { FLAG_DETACHED, PAYLOAD_OFFSET, SLOTS_BUFFER_OFFSET } from "../layout";
import { freeBlock } from "../memory/blocks";
import { setFlag } from "../object/header";
import { Type, typeOf } from "../object/type";
import { createObject } from "../heap/birth";
import { untrack } from "../heap/generations";

/** An empty container to which nothing refers. The caller fills it and kills it. 0 = out of memory. */
export function createDetached(type: Type): usize {
  const detached = createObject(type);
  if (detached) setFlag(detached, FLAG_DETACHED);
  return detached;
}

/**
 * Moves all items of a container, with their buffer, to a detached one. The container has no buffer then; the caller
 * sets what else its payload says. 0 = out of memory, nothing changed.
 *
 * With the barrier of a cycle that marks, this is no loss of references: the death of the detached container shades it.
 */
export function detachAll(container: usize): usize {
  const type = typeOf(container);
  const detached = createDetached(type);
  if (!detached) return 0;
  memory.copy(detached + PAYLOAD_OFFSET, container + PAYLOAD_OFFSET, type.payload);
  // Buffer and number of slots.
  store<u64>(container + SLOTS_BUFFER_OFFSET, 0);
  return detached;
}

/** Takes back the birth of a container that nothing was put into. */
export function discard(container: usize): void {
  untrack(container);
  freeBlock(container);
}
