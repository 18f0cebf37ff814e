// Bulk removal: many items leave a container at once.
//
// As in CPython, they are out of the container before the first of them dies. A finalizer finds them gone, and what it
// adds stays. They move to a detached container: a new object of the same type, to which nothing refers. Then that
// container dies as any object does: in the order of its kind, in slices with bounded pauses, with its slots visible to
// collections and to `verify`. So clearing a container takes constant time plus that death.
//
// Programs never see a detached container. Because of FLAG_DETACHED its death is not counted: nor was its birth.
//
// A detached container takes 32 or 40 bytes. If there is no memory for it, the items are removed in place, one by one.
// Then finalizers still see the items that have not died yet, and items that they insert in front of those may be
// removed in their place.

import { FLAG_DETACHED, PAYLOAD_OFFSET, SLOTS_BUFFER_OFFSET } from "../layout";
import { freeBlock } from "../memory/blocks";
import { setFlag } from "../object/header";
import { Type, typeOf } from "../object/type";
import { createObject } from "../heap/birth";
import { untrack } from "../heap/generations";

/** An empty container of this type to which nothing refers; 0 = out of memory. The caller fills it and kills it. */
export function createDetached(type: Type): usize {
  const detached = createObject(type);
  if (detached) setFlag(detached, FLAG_DETACHED);
  return detached;
}

/**
 * Moves all items of a container, with their buffer, to a detached one, which is returned. The container has no buffer
 * afterwards; the caller sets the other fields of its payload. 0 = out of memory, nothing changed.
 *
 * The write barrier need not see this: the death of the detached container shades it.
 */
export function detachAll(container: usize): usize {
  const type = typeOf(container);
  const detached = createDetached(type);
  if (!detached) return 0;
  memory.copy(detached + PAYLOAD_OFFSET, container + PAYLOAD_OFFSET, type.payload);
  // Clears the buffer and the number of slots.
  store<u64>(container + SLOTS_BUFFER_OFFSET, 0);
  return detached;
}

/** Takes back the creation of a container that holds nothing. */
export function discard(container: usize): void {
  untrack(container);
  freeBlock(container);
}
