// An object's header: every bit of it, and nothing else. layout.ts draws it.
//
// `next` and `prev` exist only on kinds with links, and mean, in turn:
//   generations 0 and 1, UNREACHABLE, FINALIZED lists   the neighbours
//   generation 2 (OLD)                                  the 64-bit birth number, over both words
//   while a list is scanned                             prev = gcRefs, then link of the work list
//   DYING                                               next = the object whose slot let this one go;
//                                                       prev = how far its slots have been dropped

import {
  FLAG_TRACKED,
  INFO_OFFSET,
  NEXT_OFFSET,
  PREV_OFFSET,
  ROOTS_SATURATED,
  ROOTS_SHIFT,
  TYPE_MASK,
} from "../layout";

/** One in `roots`, in the word `info`. */
export const ONE_ROOT: u32 = 1 << ROOTS_SHIFT;
/** From here on an `info` has `roots` saturated. */
export const SATURATED: u32 = ROOTS_SATURATED << ROOTS_SHIFT;
/** One outside reference, in the header read as 64 bits: it counts in both words. */
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
