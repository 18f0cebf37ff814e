// Graphs whose shapes are hard to mark: see `bench/workloads/shapes.mjs`. Each is of so many objects, held by `held`.

import { decref, listAppend, newFloat, newList, newWeakMap, setRef, weakMapSet } from "../../assembly/index";
import { BUFFER_DATA_OFFSET, RESULT_ADDED, SLOTS_BUFFER_OFFSET } from "../../assembly/layout";
import { OTHERS_SEED, draw, seed } from "./draw";
import { hold, make } from "./pairs";

/** Objects of a tooth of the comb, and its node of the comb's back. */
const TOOTH: u32 = 10;

/** Links, and gives the caller's own reference away. */
function give(from: usize, slot: u32, to: usize): void {
  setRef(from, slot, to);
  decref(to);
}

/** A node in front of a list, with its value. */
function prepend(head: usize, value: usize): usize {
  const node = make();
  give(node, 0, value);
  if (head) give(node, 1, head);
  return node;
}

function boxedNumber(value: u32): usize {
  const box = newFloat(<f64>value + 0.5);
  if (!box) unreachable();
  return box;
}

/** A list, newest first, each of whose nodes holds a float. */
export function boxed(count: u32): void {
  let head: usize = 0;
  for (let i: u32 = 0; i < count >>> 1; i++) head = prepend(head, boxedNumber(i));
  hold(head);
}

/** A list, newest first, of lists of so many floats. */
export function chunks(count: u32, length: u32): void {
  let head: usize = 0;
  for (let i: u32 = 0; i < count / (length + 2); i++) {
    const list = newList(length);
    for (let j: u32 = 0; j < length; j++) {
      const box = boxedNumber(j);
      if (!listAppend(list, box)) unreachable();
      decref(box);
    }
    head = prepend(head, list);
  }
  hold(head);
}

/** A list each of whose nodes holds ten objects in a row. */
export function comb(count: u32): void {
  let head: usize = 0;
  for (let i: u32 = 0; i < count / (TOOTH + 1); i++) {
    let tooth = make();
    for (let j: u32 = 1; j < TOOTH; j++) {
      const next = make();
      give(next, 0, tooth);
      tooth = next;
    }
    head = prepend(head, tooth);
  }
  hold(head);
}

function slotsOf(list: usize): usize {
  return load<u32>(list + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
}

/** One list that refers to all, in an order drawn at random. */
export function hub(count: u32): void {
  const list = newList(count);
  for (let i: u32 = 0; i < count; i++) {
    const object = make();
    if (!listAppend(list, object)) unreachable();
    decref(object);
  }
  seed(OTHERS_SEED);
  const slots = slotsOf(list);
  for (let i = count - 1; i > 0; i--) {
    const a = slots + (i << 2);
    const b = slots + (draw(i + 1) << 2);
    const moved = load<u32>(a);
    store<u32>(a, load<u32>(b));
    store<u32>(b, moved);
  }
  hold(list);
}

/** A list of objects, each a key of one weak map whose value is the one before it. */
export function weakMap(count: u32): void {
  const list = newList(count);
  const map = newWeakMap(0);
  let before = make();
  for (let i: u32 = 0; i < count; i++) {
    const key = make();
    if (!listAppend(list, key) || weakMapSet(map, key, before) != RESULT_ADDED) unreachable();
    decref(before);
    before = key;
  }
  decref(before);
  const both = make();
  give(both, 0, list);
  give(both, 1, map);
  hold(both);
}
