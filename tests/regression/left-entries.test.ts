// An entry of a weak map that a cycle has found dead, because its map or its key is, and whose other end dies before the
// sweep. What it held died at once, and its finalizer made garbage reachable that the cycle went on to empty.

import { expect, test } from "vitest";
import type { Handle, StructHandle, Value } from "../../src/index.js";
import { CORES } from "../support/heap.js";
import type { SyncOptions } from "../support/heap.js";
import { quietHeap } from "../support/ways.js";

/** Which end lives on when the cycle decides, and how it ends then. */
const ENDS = ["a leaf that is the key", "an object that is the key", "the map", "the map's entries"] as const;
/** Units of a step: about what one visit takes. */
const UNITS = 12;
/** The end of a cycle, in which it has decided: the moments to try, in units. */
const LAST_UNITS = 150;

/** Lets the end die when the cycle has done so much. Returns how many units it has done by then: fewer, if it is over. */
function run(options: () => SyncOptions, end: (typeof ENDS)[number], units: number, saves: boolean): number {
  const heap = quietHeap(options, "bounded", { thresholds: [100_000, 1, 1] });
  const revived: Handle[] = [];
  const Leaf = heap.struct("Leaf", { x: "i32" });
  const Node = heap.struct("Node", { a: "ref", b: "ref" });
  const Loud = heap.struct("Loud", { a: "ref" }, { finalize: (loud) => void revived.push(loud.a as Handle) });
  const { objects } = heap.stats();
  const map = heap.weakref.keyMap();
  const key = end === "a leaf that is the key" ? Leaf.new() : Node.new();
  const isKeyDead = end.startsWith("the map");
  const ring = heap.list<Value>([isKeyDead ? key : map]);
  ring.append(ring);
  const loud = Loud.new();
  const first = Node.new();
  const second = Node.new();
  first.a = second;
  second.a = first;
  loud.a = first;
  map.set(key, loud);
  heap.gc.collect(1);
  for (const handle of [loud, first, second, ring, isKeyDead ? key : map]) handle.release();
  if (saves) heap.gc.setDebug(heap.gc.DEBUG_SAVEALL);
  let done = 0;
  while (done < units && heap.gc.step(UNITS)) done += UNITS;
  heap.verify();
  if (end === "the map's entries") map.clear();
  else if (isKeyDead) map.release();
  else key.release();
  heap.verify();
  while (heap.gc.step(UNITS)) heap.verify();
  heap.verify();
  const node = revived[0] as StructHandle;
  expect(revived).toHaveLength(1);
  const other = node.get("a") as StructHandle;
  const back = other.get("a") as StructHandle;
  expect(back.is(node)).toBe(true);
  heap.gc.setDebug(0);
  heap.gc.garbage.clear();
  for (const handle of [node, other, back]) handle.release();
  if (end === "the map's entries") map.release();
  for (let i = 0; i < 2; i++) heap.gc.collect();
  heap.verify();
  expect(heap.stats().objects).toBeLessThanOrEqual(objects + 1);
  heap.dispose();
  return done;
}

test.each(CORES.flatMap(([build, options]) => ENDS.map((end) => ({ build, options, end }))))(
  "$end dies at any moment of a cycle: $build core",
  ({ options, end }) => {
    for (const saves of [false, true]) {
      const all = run(options, end, Infinity, saves);
      expect(all).toBeGreaterThan(LAST_UNITS);
      for (let units = all - LAST_UNITS; units < all; units += UNITS) run(options, end, units, saves);
    }
  },
);
