// The workloads of `bench/workloads/`, inside WebAssembly, on the core linked from its source. See `bench/subjects/program.mjs`.

import {
  census,
  collect as collectGeneration,
  decref,
  dictSet,
  getRef,
  heapBase,
  incref,
  init,
  listAppend,
  listSet,
  newDict,
  newInt,
  newList,
  setBounded,
  setEnabled,
  setRef,
  step as stepCycle,
} from "../../assembly/index";
import { BOOTSTRAP_BITMAP_BYTES } from "../../assembly/memory/tables";
import { control } from "../../assembly/control";
import { BUFFER_DATA_OFFSET, PAGE_SHIFT, RESULT_ADDED, SLOTS_BUFFER_OFFSET } from "../../assembly/layout";
import { verify } from "../../assembly/index";
import { DRAWN, OTHERS_SEED, SEED, SEQUENCE, draw, seed } from "./draw";
import { definePair, held, hold, make } from "./pairs";

export { mixed, mixedBytes, mixedStart } from "./blocks";
export { boxed, chunks, comb, hub, weakMap } from "./shapes";

// For graphs that JavaScript builds.
export { alloc, decref, defineType, getRef, setRef } from "../../assembly/index";

let length: u32 = 0;
let kind: u32 = DRAWN;
/** Live objects of the empty heap. */
let empty: u32 = 0;

function liveObjects(): u32 {
  census();
  return control.liveObjects;
}

export function start(): void {
  if (!init(heapBase(), 0xffff0000)) unreachable();
  definePair();
  empty = liveObjects();
}
/** Collections of the whole heap, and large deaths, go in steps from now on. */
export function boundPauses(): void {
  setBounded(1);
}

/** Does some of what waits. Whether there is more. */
export function step(units: i32): u32 {
  return stepCycle(units) ? 1 : 0;
}

export function enable(on: u32): void {
  setEnabled(on);
}
export function collect(): u32 {
  return collectGeneration(2);
}
/** How many objects collections have found to be garbage so far. */
export function found(): f64 {
  return <f64>control.collected0 + <f64>control.collected1 + <f64>control.collected2;
}
/** Objects alive; or the number of the invariant that does not hold, negative. */
export function alive(): i32 {
  const broken = verify();
  return broken ? -(<i32>broken) : <i32>(liveObjects() - empty);
}
export function bytesInUse(): f64 {
  return <f64>((<u64>control.pagesInUse) << PAGE_SHIFT);
}

/** Live objects, and garbage that is still there. */
export function objects(): f64 {
  return <f64>(liveObjects() - empty);
}

export function bitmapBytes(): f64 {
  return control.bitmapPages ? <f64>((<u64>control.bitmapPages) << PAGE_SHIFT) : <f64>BOOTSTRAP_BITMAP_BYTES;
}

// ---- Births and deaths
export function churn(count: u32): void {
  for (let i: u32 = 0; i < count; i++) decref(make());
}
function tree(depth: u32): usize {
  const node = make();
  if (depth) {
    const left = tree(depth - 1);
    setRef(node, 0, left);
    decref(left);
    const right = tree(depth - 1);
    setRef(node, 1, right);
    decref(right);
  }
  return node;
}
export function trees(depth: u32): void {
  decref(tree(depth));
}
let counted: u32 = 0;
function count(node: usize): void {
  counted++;
  if (getRef(node, 0)) count(getRef(node, 0));
  if (getRef(node, 1)) count(getRef(node, 1));
}
export function treeNodes(depth: u32): u32 {
  const node = tree(depth);
  counted = 0;
  count(node);
  decref(node);
  return counted;
}
export function chain(count: u32): void {
  let head: usize = 0;
  for (let i: u32 = 0; i < count; i++) {
    const node = make();
    if (head) {
      setRef(node, 0, head);
      decref(head);
    }
    head = node;
  }
  hold(head);
}
export function drop(): void {
  hold(0);
}

// ---- Graphs
function item(index: u32): usize {
  return load<u32>(load<u32>(held + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET + (index << 2));
}
function fill(count: u32): void {
  hold(newList(count));
  length = count;
  for (let i: u32 = 0; i < count; i++) {
    const object = make();
    if (!listAppend(held, object)) unreachable();
    decref(object);
  }
}
/** Draws both references of every item anew. */
export function redraw(): void {
  seed(SEED);
  for (let i: u32 = 0; i < length; i++) {
    setRef(item(i), 0, item(draw(length)));
    setRef(item(i), 1, item(draw(length)));
  }
  kind = DRAWN;
}
export function graph(count: u32): void {
  fill(count);
  redraw();
}
export function sequence(count: u32): void {
  fill(count);
  for (let i: u32 = 0; i < count; i++) {
    if (i + 1 < count) setRef(item(i), 0, item(i + 1));
    if (i) setRef(item(i), 1, item(i - 1));
  }
  kind = SEQUENCE;
}
export function age(replacements: u32): void {
  seed(OTHERS_SEED);
  for (let i: u32 = 0; i < replacements; i++) {
    const index = draw(length);
    const object = make();
    setRef(object, 0, item(draw(length)));
    setRef(object, 1, item(draw(length)));
    setRef(item(index), 0, 0);
    setRef(item(index), 1, 0);
    listSet(held, index, object);
    decref(object);
  }
}
/** How many references are what the workload says. */
export function edges(): u32 {
  let right: u32 = 0;
  seed(SEED);
  for (let i: u32 = 0; i < length; i++) {
    const a = kind == DRAWN ? item(draw(length)) : i + 1 < length ? item(i + 1) : 0;
    const b = kind == DRAWN ? item(draw(length)) : i ? item(i - 1) : 0;
    if (getRef(item(i), 0) == a) right++;
    if (getRef(item(i), 1) == b) right++;
  }
  return right;
}
/** Lets go of all but the first item, and what it leads to. */
export function keepFirst(): void {
  const first = item(0);
  incref(first);
  hold(first);
}

// ---- Cycles
function cycle(): usize {
  const a = make();
  const b = make();
  setRef(a, 0, b);
  setRef(b, 0, a);
  decref(b);
  return a;
}
/** Makes so many objects, in cycles of two, and drops each cycle at once. */
export function cycles(count: u32): void {
  for (let i: u32 = 0; i < count; i += 2) decref(cycle());
}
/** The same as garbage for one collection. Nothing to let go of: with the collector off, what is dropped waits. */
export function garbage(count: u32): void {
  cycles(count);
}
/** A list of cycles of two, of so many objects together. */
export function ring(objects: u32): void {
  length = objects >>> 1;
  hold(newList(length));
  seed(OTHERS_SEED);
  for (let i: u32 = 0; i < length; i++) {
    const object = cycle();
    if (!listAppend(held, object)) unreachable();
    decref(object);
  }
}
export function replace(count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const object = cycle();
    listSet(held, draw(length), object);
    decref(object);
  }
}

// ---- Something large beside the ring: see `bench/workloads/pauses.mjs`
let large: usize = 0;
const SHARED: u32 = 1000;

export function largeList(count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const node = make();
    if (large) {
      setRef(node, 0, large);
      decref(large);
    }
    large = node;
  }
}
export function largeCycle(count: u32): void {
  const last = make();
  incref(last);
  large = last;
  largeList(count - 1);
  setRef(last, 0, large);
  decref(last);
}
/** Of numbers, each with an object of its own. */
export function largeDict(count: u32): void {
  large = newDict(count);
  for (let i: u32 = 0; i < count; i++) {
    const key = newInt(i, 0, 0);
    const value = make();
    if (!key || dictSet(large, key, value) != RESULT_ADDED) unreachable();
    decref(key);
    decref(value);
  }
}
/** One list of so many slots, which share a thousand objects. */
export function largeArray(count: u32): void {
  large = newList(count);
  const shared = newList(SHARED);
  for (let i: u32 = 0; i < SHARED; i++) {
    const object = make();
    if (!listAppend(shared, object)) unreachable();
    decref(object);
  }
  const items = load<u32>(shared + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
  for (let i: u32 = 0; i < count; i++) {
    if (!listAppend(large, load<u32>(items + ((i % SHARED) << 2)))) unreachable();
  }
  decref(shared);
}
export function letGo(): void {
  const before = large;
  large = 0;
  if (before) decref(before);
}
