// Collects the objects that a full marking has not marked in the list UNREACHABLE.
//
// Objects with a finalizer or weak references come first, sorted by birth, because programs can see their order. The
// rest follows in address order. Old objects have no links, and no memory may be needed now. So the objects to sort are
// chained through the birth word itself: 29 bits of address, 35 bits of birth. Births that differ above 35 bits are
// sorted in separate rounds.

import { FLAG_COLLECTING, FLAG_FINALIZED, FLAG_HAS_WEAKREFS, FLAG_OLD, FLAG_UNREACHABLE } from "../layout";
import { isMarked } from "../memory/bits";
import { birthOf, infoOf, setBirth, setInfo } from "../object/header";
import { append } from "../object/links";
import { hasFinalizer, typeOf } from "../object/type";
import { uncountOld } from "../heap/generations";
import { firstObject, nextObject } from "../heap/walk";

/** Bits of the link in the birth word of a chained object. */
export const LINK_BITS = 29;
const LINK_MASK: u64 = (1 << LINK_BITS) - 1;
const ERA_BITS = 35;

/** Moves all unmarked tracked objects, which are all OLD, to the empty list `unreachable`. Returns how many. */
export function gatherUnmarked(unreachable: usize): u32 {
  let moved: u32 = 0;
  let era: u64 = 0;
  while (era != u64.MAX_VALUE) {
    let nextEra = u64.MAX_VALUE;
    let chain: usize = 0;
    for (let object = firstObject(); object; object = nextObject(object)) {
      if (!isUnmarked(object) || !showsOrder(object)) continue;
      const itsEra = birthOf(object) >>> ERA_BITS;
      if (itsEra == era) {
        leaveGeneration(object);
        setBirth(object, (birthOf(object) << LINK_BITS) | ((<u64>chain) >>> 3));
        chain = object;
      } else if (itsEra > era && itsEra < nextEra) nextEra = itsEra;
    }
    moved += appendChain(unreachable, sortChain(chain));
    era = nextEra;
  }
  for (let object = firstObject(); object; object = nextObject(object)) {
    if (!isUnmarked(object)) continue;
    leaveGeneration(object);
    append(unreachable, object);
    moved++;
  }
  return moved;
}

function isUnmarked(object: usize): bool {
  return (infoOf(object) & FLAG_OLD) != 0 && !isMarked(object);
}

/** Whether a program can observe when the object dies. */
function showsOrder(object: usize): bool {
  const info = infoOf(object);
  return (info & FLAG_HAS_WEAKREFS) != 0 || (hasFinalizer(typeOf(object)) && !(info & FLAG_FINALIZED));
}

/** Takes an object out of generation 2 and marks it as garbage. */
function leaveGeneration(object: usize): void {
  setInfo(object, (infoOf(object) & ~FLAG_OLD) | FLAG_COLLECTING | FLAG_UNREACHABLE);
  uncountOld(object);
}

function linkOf(object: usize): usize {
  return (<usize>(birthOf(object) & LINK_MASK)) << 3;
}
function setLink(object: usize, next: usize): void {
  setBirth(object, (birthOf(object) & ~LINK_MASK) | ((<u64>next) >>> 3));
}
function isBornBefore(a: usize, b: usize): bool {
  return birthOf(a) >>> LINK_BITS < birthOf(b) >>> LINK_BITS;
}

/** Merge sort of a chain by birth, bottom up: no recursion, no memory. Returns its first object. */
export function sortChain(chain: usize): usize {
  let run: u32 = 1;
  while (true) {
    let rest = chain;
    let first: usize = 0;
    let last: usize = 0;
    let merges: u32 = 0;
    while (rest) {
      merges++;
      let a = rest;
      let aLeft: u32 = 0;
      while (rest && aLeft < run) {
        rest = linkOf(rest);
        aLeft++;
      }
      let b = rest;
      let bLeft = run;
      while (aLeft != 0 || (bLeft != 0 && b != 0)) {
        let taken: usize;
        if (aLeft && (!bLeft || !b || !isBornBefore(b, a))) {
          taken = a;
          a = linkOf(a);
          aLeft--;
        } else {
          taken = b;
          b = linkOf(b);
          bLeft--;
        }
        if (last) setLink(last, taken);
        else first = taken;
        last = taken;
      }
      rest = b;
    }
    if (last) setLink(last, 0);
    chain = first;
    if (merges <= 1) break;
    run <<= 1;
  }
  return chain;
}

/** Appends the objects of a chain to a list. Returns how many. */
export function appendChain(list: usize, chain: usize): u32 {
  let count: u32 = 0;
  while (chain) {
    const next = linkOf(chain);
    append(list, chain);
    count++;
    chain = next;
  }
  return count;
}
