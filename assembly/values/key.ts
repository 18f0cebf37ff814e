// Keys: whether an object is hashable, and its hash, as in Python. Lists, dicts and sets are unhashable. This file walks
// tuples and frozensets; atom-key.ts handles other objects. containers/compare.ts compares keys.
//
// The stack of a walk is KEY_STACK, a static area: a walk uses neither the stack of WebAssembly nor new memory. It visits
// a tuple each time it is reached, as Python does, so shared parts can cause 2^n steps at a depth of n. Hence two limits:
// 1,000 levels, and 2^24 tuples and frozensets, each counted as often as it is reached. Beyond them an object is not
// hashed, and the host throws a named error. (Python raises RecursionError for the first, and hangs for the second.)
//
// A frozenset is walked once, when it is complete. From then on it has a hash, and the depth and the number of its parts,
// so a tuple around a large frozenset is hashed in constant time. Without a hash it is beyond a limit, or not complete.

import {
  FROZENSET_DEPTH_OFFSET,
  FROZENSET_PARTS_OFFSET,
  MAX_KEY_DEPTH,
  MAX_KEY_PARTS,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_FROZENSET,
  TYPE_TUPLE,
  TYPE_WEAKREF,
  WEAKREF_REFERENT_OFFSET,
} from "../layout";
import { KEY_FRAME, KEY_STACK, KEY_STACK_END, control } from "../control";
import { typeIdOf } from "../object/header";
import { firstSlot, slotCount } from "../object/references";
import { typeOf } from "../object/type";
import { hashOfAtom, isAtomHashable, refuse } from "./atom-key";

/** Where `measure` puts the depth. */
export const DEPTH_SHIFT: u64 = 32;

function itemsOf(tuple: usize): usize {
  return tuple + TUPLE_ITEMS_OFFSET;
}
function itemsEnd(tuple: usize): usize {
  return itemsOf(tuple) + (load<u32>(tuple + TUPLE_LENGTH_OFFSET) << 2);
}

/**
 * Whether the object is hashable. If not, `control.unhashable` is the unhashable type; TYPE_TUPLE = beyond a limit.
 */
export function isHashable(object: usize): bool {
  const type = typeIdOf(object);
  return type == TYPE_TUPLE ? arePartsHashable(object) : isAtomHashable(object, type);
}

/** Whether all parts of a tuple or set are hashable, within the limits. If not, `control.unhashable` is set. */
export function arePartsHashable(container: usize): bool {
  return measure(container) != 0;
}

/**
 * The extent of a tuple or set whose parts are hashable: the number of tuples and frozensets in it, itself included, and
 * above DEPTH_SHIFT the depth of the innermost. 0 = some part is not hashable, or beyond a limit; then
 * `control.unhashable` is set.
 */
export function measure(container: usize): u64 {
  let top = KEY_STACK;
  let visited: u32 = 1;
  let depth: u32 = 1;
  // Levels around the items of `slot`.
  let level: u32 = 1;
  let slot = firstSlot(container, typeOf(container));
  let end = slot + (slotCount(container, typeOf(container)) << 2);
  while (true) {
    while (slot == end) {
      if (top == KEY_STACK) return ((<u64>depth) << DEPTH_SHIFT) | visited;
      top -= KEY_FRAME;
      level--;
      slot = load<u32>(top);
      end = load<u32>(top, 4);
    }
    let item = <usize>load<u32>(slot);
    slot += 4;
    // A deleted element of a set.
    if (!item) continue;
    let type = typeIdOf(item);
    if (type == TYPE_TUPLE) {
      if (level == <u32>MAX_KEY_DEPTH || visited++ == <u32>MAX_KEY_PARTS) return refusal();
      depth = max(depth, ++level);
      store<u32>(top, <u32>slot);
      store<u32>(top, <u32>end, 4);
      top += KEY_FRAME;
      slot = itemsOf(item);
      end = itemsEnd(item);
      continue;
    }
    if (!isAtomHashable(item, type)) return 0;
    // A part with a hash is hashable, but its own parts still count for the limits.
    if (type == TYPE_WEAKREF) {
      item = load<u32>(item + WEAKREF_REFERENT_OFFSET);
      type = item ? typeIdOf(item) : 0;
    }
    if (type != TYPE_FROZENSET) continue;
    depth = max(depth, level + load<u16>(item, FROZENSET_DEPTH_OFFSET));
    visited += load<u32>(item, FROZENSET_PARTS_OFFSET);
    if (depth > <u32>MAX_KEY_DEPTH || visited > <u32>MAX_KEY_PARTS) return refusal();
  }
}

function refusal(): u64 {
  refuse(TYPE_TUPLE);
  return 0;
}

/** Hash of a hashable object. */
export function hashOf(object: usize): u32 {
  const type = typeIdOf(object);
  return type == TYPE_TUPLE ? hashOfTuple(object) : hashOfAtom(object, type);
}

function hashOfTuple(tuple: usize): u32 {
  let top = KEY_STACK;
  let slot = itemsOf(tuple);
  let end = itemsEnd(tuple);
  let hash = firstHash(tuple);
  while (true) {
    while (slot == end) {
      hash ^= hash >>> 15;
      if (top == KEY_STACK) return hash;
      top -= KEY_FRAME;
      slot = load<u32>(top);
      end = load<u32>(top, 4);
      hash = mix(load<u32>(top, 8), hash);
    }
    const item = <usize>load<u32>(slot);
    const type = typeIdOf(item);
    slot += 4;
    // The stack is full only in a damaged heap, which `verify` may be looking at.
    if (type != TYPE_TUPLE || top + KEY_FRAME == KEY_STACK_END) {
      hash = mix(hash, hashOfAtom(item, type));
      continue;
    }
    store<u32>(top, <u32>slot);
    store<u32>(top, <u32>end, 4);
    store<u32>(top, hash, 8);
    top += KEY_FRAME;
    slot = itemsOf(item);
    end = itemsEnd(item);
    hash = firstHash(item);
  }
}

function firstHash(tuple: usize): u32 {
  return control.hashSeed + 0x165667b1 + load<u32>(tuple + TUPLE_LENGTH_OFFSET);
}
function mix(hash: u32, item: u32): u32 {
  return rotl<u32>(hash + item * 0x85ebca77, 13) * 0x9e3779b1;
}
