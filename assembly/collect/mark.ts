// Marking the whole heap, in address order, over two bitmaps.
//
// A bit stands for 8 bytes of address. `marked`: reachable. `scanned`: its slots have been marked. A pass
// goes through the bitmaps word by word and scans what is marked and not scanned, so memory streams in;
// marking an object sets a bit and does not touch the object. An edge to a higher address is met later
// in the same pass. One to a lower address goes on a short stack, drained after the pass. When the
// stack is full the edge is dropped: the bits remember it, and another pass finds it.
//
// Roots are all holders that are not slots of ordinary objects: outside references, immortals, the slots
// that dying objects still hold, and those of frozen objects.

import { FLAG_DYING, FLAG_HAS_WEAKREFS, FLAG_OLD, KIND_WEAKMAP, PAGE_SHIFT, PAYLOAD_OFFSET } from "../layout";
import { bitmapBytes } from "../alloc/run";
import { control } from "../control";
import { hasFlag, infoOf, isTracked, rootsFieldOf } from "../object/header";
import { firstSlot, isPlain, slotsEnd, slotsOf } from "../object/slots";
import { Type, hasLinks, typeOf } from "../object/type";
import { firstEntry, firstEntryOf, keyOf, mapOf, nextEntryOf, olderEntry } from "../heap/ephemeron";
import { isFrozen } from "../heap/generations";
import { MARK_STACK_WORDS } from "../heap/start";
import { untrackIfAtoms } from "../heap/tracking";
import { firstObject, nextObject } from "../heap/walk";

/** Address that bit 0 stands for. */
function origin(): usize {
  return (<usize>control.firstPage) << PAGE_SHIFT;
}
function markedWord(object: usize): usize {
  return <usize>control.bitmaps + (((object - origin()) >>> 9) << 3);
}
function maskOf(object: usize): u64 {
  return (<u64>1) << ((object >>> 3) & 63);
}

export function isMarked(object: usize): bool {
  return (load<u64>(markedWord(object)) & maskOf(object)) != 0;
}

/** True if the object was not marked before. */
export function mark(object: usize): bool {
  const at = markedWord(object);
  const mask = maskOf(object);
  const word = load<u64>(at);
  if (word & mask) return false;
  store<u64>(at, word | mask);
  return true;
}

/** Words of one bitmap that stand for the heap as it is now. */
function wordsInUse(): u32 {
  return (control.endPage - control.firstPage) << (PAGE_SHIFT - 9);
}

/** Makes a set of objects of the first bitmap: no object is in it. Not during a marking. */
export function clearMarked(): void {
  memory.fill(control.bitmaps, 0, wordsInUse() << 3);
}

/** Marks everything that is reachable. Returns how many tracked objects it met that are not frozen. */
export function markReachable(): u32 {
  const words = wordsInUse();
  clearMarked();
  memory.fill(control.bitmaps + bitmapBytes(), 0, words << 3);
  markRoots();
  control.markedTracked = 0;
  do {
    control.markOverflow = 0;
    drain(scanInOrder(words));
  } while (control.markOverflow);
  return control.markedTracked;
}

/** One pass: scans in address order what is marked and not scanned. Returns the top of the stack it filled. */
function scanInOrder(words: u32): usize {
  const scanned = bitmapBytes();
  let stack = <usize>control.markStack;
  for (let word: u32 = 0; word < words; word++) {
    const at = control.bitmaps + (word << 3);
    let grey = load<u64>(at) & ~load<u64>(at + scanned);
    while (grey) {
      const bit = <u32>ctz(grey);
      store<u64>(at + scanned, load<u64>(at + scanned) | ((<u64>1) << bit));
      const object = origin() + (((word << 6) + bit) << 3);
      // What lies ahead this pass will come to.
      stack = scan(object, stack, object);
      grey = load<u64>(at) & ~load<u64>(at + scanned);
    }
  }
  return stack;
}

/** Scans what is on the stack, and what that leads to, depth first. */
function drain(stack: usize): void {
  const scanned = bitmapBytes();
  while (stack > <usize>control.markStack) {
    stack -= 4;
    const object = <usize>load<u32>(stack);
    const at = markedWord(object) + scanned;
    if (load<u64>(at) & maskOf(object)) continue;
    store<u64>(at, load<u64>(at) | maskOf(object));
    stack = scan(object, stack, usize.MAX_VALUE);
  }
}

/**
 * Marks what the object refers to, and pushes of it what is new and not beyond `last`. Returns the top of
 * the stack. Inlined, because a call an object shows in `npm run bench:depth`.
 */
@inline
function scan(object: usize, stack: usize, last: usize): usize {
  const type = typeOf(object);
  if (hasFlag(object, FLAG_HAS_WEAKREFS)) stack = scanEntriesOf(object, stack, last);
  if (!hasLinks(type)) return stack;
  let slot = object + PAYLOAD_OFFSET;
  let end = slot + ((<usize>type.slots) << 2);
  if (!isPlain(type)) {
    // No DYING object is reachable, so these are all its slots.
    slot = firstSlot(object, type);
    end = slotsEnd(object, type);
    if (isTracked(object) && !untrackIfAtoms(object, type)) control.markedTracked++;
    if (type.kind == KIND_WEAKMAP) stack = scanEntriesIn(object, stack, last);
  } else if (isTracked(object)) control.markedTracked++;
  for (; slot < end; slot += 4) {
    const child = <usize>load<u32>(slot);
    if (child) stack = reach(child, stack, last);
  }
  return stack;
}

/** Marks an object, and pushes it if it is new and not beyond `last`. */
@inline
function reach(object: usize, stack: usize, last: usize): usize {
  if (!mark(object) || object > last) return stack;
  if (stack == <usize>control.markStack + (MARK_STACK_WORDS << 2)) {
    control.markOverflow = 1;
    return stack;
  }
  store<u32>(stack, <u32>object);
  return stack + 4;
}

/** The entries of which a reached object is the key, if their map is reached as well. */
function scanEntriesOf(key: usize, stack: usize, last: usize): usize {
  for (let entry = firstEntryOf(key); entry; entry = nextEntryOf(entry)) {
    if (isMarked(mapOf(entry))) stack = reach(entry, stack, last);
  }
  return stack;
}

/** The entries of a reached map, if their key is reached as well. */
function scanEntriesIn(map: usize, stack: usize, last: usize): usize {
  for (let entry = firstEntry(map); entry; entry = olderEntry(entry)) {
    if (isMarked(keyOf(entry))) stack = reach(entry, stack, last);
  }
  return stack;
}

/** One walk over all objects in address order. */
function markRoots(): void {
  control.frozenMet = 0;
  for (let object = firstObject(); object; object = nextObject(object)) {
    const info = infoOf(object);
    if (info & FLAG_DYING) markSlots(object, typeOf(object));
    else if (info & FLAG_OLD && isFrozen(object)) markFrozen(object);
    else if (rootsFieldOf(object)) mark(object);
  }
}

/** A frozen object is alive whatever holds it: it is scanned at once, and not again. */
function markFrozen(object: usize): void {
  control.frozenMet++;
  mark(object);
  const at = markedWord(object) + bitmapBytes();
  store<u64>(at, load<u64>(at) | maskOf(object));
  const type = typeOf(object);
  markSlots(object, type);
  // With an empty stack that takes nothing, reaching is marking.
  if (hasFlag(object, FLAG_HAS_WEAKREFS)) scanEntriesOf(object, 0, 0);
  if (type.kind == KIND_WEAKMAP) scanEntriesIn(object, 0, 0);
}

function markSlots(object: usize, type: Type): void {
  for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) {
    const child = load<u32>(slot);
    if (child) mark(child);
  }
}
