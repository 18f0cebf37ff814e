// The header of an object: its bits, and the functions that read and write them. state.ts has the rules.
//
//           31              24 23            16 15                            0   bit
//          ┌──────────────────────────────────────────────────────────────────┐
//      -8  │ next                                                             │ ┐ in front of kinds
//          ├──────────────────────────────────────────────────────────────────┤ │ with links only:
//      -4  │ prev                                                             │ ┘ LINKS_SIZE bytes
//          ├──────────────────────────────────────────────────────────────────┤ ◄─ address of the object
//      +0  │ refcount                                                         │
//          ├─────────────────┬─┬─┬─┬─┬─┬─┬─┬─┬────────────────────────────────┤
//      +4  │ roots           │S│D│U│C│O│T│W│F│ type id                        │ info
//          ├─────────────────┴─┴─┴─┴─┴─┴─┴─┴─┴────────────────────────────────┤
//      +8  │ payload: slots first, then raw fields …                          │
//
//   refcount   all strong references. The top bit is set on immortal objects.
//   roots      how many of them come from outside the heap. 255 (ROOTS_SATURATED): the exact number is in a side
//              table (heap/count.ts), or the object is immortal.
//   type id    0 = free block: then refcount is the address of the next free block of its span, or 0.
//
//   bit 16  F  FINALIZED     its finalizer has run; never cleared, so it runs at most once
//       17  W  HAS_WEAKREFS  the side table of weak references leads from it to a chain
//       18  T  TRACKED       in a generation, so collections look at it
//       19  O  OLD           in generation 2
//       20  C  COLLECTING    in the list that a young collection examines, or garbage of a collection
//       21  U  UNREACHABLE   garbage. On kinds without links: INTERNED (str), BIGINT (int)
//       22  D  DYING         refcount 0; it waits for the rest of its death
//       23  S  SAMPLED       the host recorded its birth. Means nothing to the core
//
// The link words, by state (state.ts says when an object is in which):
//
//   state                 next                                   prev
//   YOUNG                 next in GENERATION_0 or GENERATION_1   previous, or the head
//   GARBAGE, PENDING      the same in UNREACHABLE, FINALIZED or PENDING
//   OLD                   low half of the birth number           high half
//   DYING                 below it on the stack, or behind it    slots already dropped (of lists and tuples: slots
//                         in the queue; 0 = the end              still held, which go from the end)
//   UNTRACKED             undefined                              undefined
//
// Two more meanings exist inside of a collection and are gone before any hook runs: while a young collection examines
// a list, `prev` is gcRefs and then the link of its work list (collect/young.ts); garbage that is being sorted is
// chained through a birth word of 29 bits of address and 35 bits of birth (collect/order.ts).
//
// The accessors are @inline: each birth, death and slot write uses several of them.

import {
  FLAG_TRACKED,
  INFO_OFFSET,
  NEXT_OFFSET,
  PREV_OFFSET,
  ROOTS_SATURATED,
  ROOTS_SHIFT,
  TYPE_MASK,
} from "../layout";

/** Added to the word `info` to increment `roots`. */
export const ONE_ROOT: u32 = 1 << ROOTS_SHIFT;
/** In an `info` of at least this value, `roots` is saturated. */
export const SATURATED: u32 = ROOTS_SATURATED << ROOTS_SHIFT;
/** One outside reference, in a header read as 64 bits. It counts in both words. */
export const ONE_OUTSIDE: u64 = ((<u64>ONE_ROOT) << 32) | 1;


@inline
export function headerOf(object: usize): u64 {
  return load<u64>(object);
}


@inline
export function setHeader(object: usize, header: u64): void {
  store<u64>(object, header);
}
/** Header of a new object with one outside reference. */
@inline
export function newHeader(type: u32, flags: u32): u64 {
  return ((<u64>(type | flags)) << 32) | ONE_OUTSIDE;
}


@inline
export function refcountOf(object: usize): u32 {
  return load<u32>(object);
}


@inline
export function setRefcount(object: usize, count: u32): void {
  store<u32>(object, count);
}


@inline
export function isImmortal(object: usize): bool {
  return <i32>load<u32>(object) < 0;
}


@inline
export function infoOf(object: usize): u32 {
  return load<u32>(object, INFO_OFFSET);
}


@inline
export function setInfo(object: usize, info: u32): void {
  store<u32>(object, info, INFO_OFFSET);
}


@inline
export function typeIdOf(object: usize): u32 {
  return infoOf(object) & TYPE_MASK;
}


@inline
export function hasFlag(object: usize, flag: u32): bool {
  return (infoOf(object) & flag) != 0;
}


@inline
export function setFlag(object: usize, flag: u32): void {
  setInfo(object, infoOf(object) | flag);
}


@inline
export function clearFlag(object: usize, flag: u32): void {
  setInfo(object, infoOf(object) & ~flag);
}
/** The `roots` field: outside references, or ROOTS_SATURATED. */
@inline
export function rootsFieldOf(object: usize): u32 {
  return infoOf(object) >>> ROOTS_SHIFT;
}


@inline
export function isTracked(object: usize): bool {
  return hasFlag(object, FLAG_TRACKED);
}


@inline
export function nextOf(object: usize): usize {
  return load<u32>(object + NEXT_OFFSET);
}


@inline
export function setNext(object: usize, next: usize): void {
  store<u32>(object + NEXT_OFFSET, <u32>next);
}


@inline
export function prevOf(object: usize): usize {
  return load<u32>(object + PREV_OFFSET);
}


@inline
export function setPrev(object: usize, prev: usize): void {
  store<u32>(object + PREV_OFFSET, <u32>prev);
}
/** Both links at once. */
@inline
export function setLinks(object: usize, next: usize, prev: usize): void {
  store<u64>(object + NEXT_OFFSET, (<u64>next) | ((<u64>prev) << 32));
}


@inline
export function birthOf(object: usize): u64 {
  return load<u64>(object + NEXT_OFFSET);
}


@inline
export function setBirth(object: usize, birth: u64): void {
  store<u64>(object + NEXT_OFFSET, birth);
}
