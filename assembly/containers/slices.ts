// Replaces slices of lists by the items of another list or tuple: Python's `list[start:end:step] = source`.

import { SLOTS_COUNT_OFFSET } from "../layout";
import { firstSlot, slotCount } from "../object/references";
import { typeOf } from "../object/type";
import { kill } from "../death/death";
import {
  copyDetached,
  createDetachedList,
  itemsOf,
  lengthOfList,
  makeRoom,
  moveToDetached,
  shrinkIfEmpty,
} from "./list";
import { fillSlot, moveSlots } from "./write";

/**
 * Replaces the items of `[start, end)` by those of another list or tuple: Python's `list[start:end] = source`. The old
 * items leave the list before the first of them dies. They die last first. False = out of memory, nothing changed.
 */
export function replaceItems(list: usize, start: u32, end: u32, source: usize): bool {
  const type = typeOf(source);
  const added = slotCount(source, type);
  const removed = end - start;
  if (added > removed && !makeRoom(list, added - removed)) return false;
  const detached = removed ? copyDetached(list, start, removed) : 0;
  if (removed && !detached) return false;
  const length = lengthOfList(list);
  const at = itemsOf(list) + (start << 2);
  moveSlots(at + (added << 2), at + (removed << 2), length - end);
  const items = firstSlot(source, type);
  for (let i: u32 = 0; i < added; i++) fillSlot(at + (i << 2), load<u32>(items + (i << 2)));
  store<u32>(list + SLOTS_COUNT_OFFSET, length + added - removed);
  if (added < removed) shrinkIfEmpty(list);
  if (detached) kill(detached);
  return true;
}

/**
 * Replaces every `step`-th item from `start` on by the items of another list or tuple: Python's `list[start:end:step] =
 * source`. The numbers of items are equal. The old items die first to last. False = out of memory, nothing changed.
 */
export function replaceEach(list: usize, start: u32, step: i32, source: usize): bool {
  const type = typeOf(source);
  const count = slotCount(source, type);
  if (!count) return true;
  const detached = createDetachedList(count);
  if (!detached) return false;
  const items = firstSlot(source, type);
  // Items of a detached list die last first.
  for (let i = count; i > 0; i--) {
    moveToDetached(detached, itemsOf(list) + ((start + (i - 1) * step) << 2), load<u32>(items + ((i - 1) << 2)));
  }
  kill(detached);
  return true;
}
