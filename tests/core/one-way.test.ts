// A young collection first looks whether all references lead to younger objects, or all to older ones: then there is no
// cycle. Whatever closes a cycle, and wherever it stands in the list, must still be found.

import { describe, expect, test } from "vitest";
import { BUILDS, startCore } from "../support/core.js";
import type { Handle } from "../../src/index.js";
import type { Core } from "../support/core.js";
import { CORES, withHeap } from "../support/heap.js";

const LENGTH = 12;
type Way = "younger" | "older";

/** A chain whose references lead to younger or to older objects; `handles` of all of them are held. */
function chain(core: Core, way: Way): number[] {
  const type = core.defineType(12, 3, 0);
  const nodes = Array.from({ length: LENGTH }, () => core.alloc(type) >>> 0);
  for (let i = 1; i < LENGTH; i++) {
    const [from, to] = way === "younger" ? [i - 1, i] : [i, i - 1];
    core.setRef(nodes[from] as number, 0, nodes[to] as number);
  }
  return nodes;
}

const WAYS: Way[] = ["younger", "older"];
const MODES = BUILDS.flatMap((build) => [0, 1].map((bounded) => [build, bounded] as const));

describe.each(MODES)("%s build, bounded pauses %i", (build, bounded) => {
  test.each(WAYS)("a chain to %s objects survives, and nothing is left marked", (way) => {
    for (const generation of [0, 1]) {
      const core = startCore(build);
      core.setBounded(bounded);
      const nodes = chain(core, way);
      const end = (way === "younger" ? nodes[0] : nodes.at(-1)) as number;
      for (const node of nodes) if (node !== end) core.decref(node);
      expect(core.collect(generation)).toBe(0);
      expect(core.verify()).toBe(0);
      expect(core.trackedCount(generation + 1)).toBe(LENGTH);
      core.decref(end);
      expect(core.trackedCount(generation + 1)).toBe(0);
      expect(core.verify()).toBe(0);
    }
  });

  test.each(WAYS)("a chain to %s objects: one reference that closes a cycle is found wherever it stands", (way) => {
    for (let at = 0; at < LENGTH; at++) {
      for (let target = 0; target < LENGTH; target++) {
        const core = startCore(build);
        core.setBounded(bounded);
        const nodes = chain(core, way);
        core.setRef(nodes[at] as number, 2, nodes[target] as number);
        for (const node of nodes) core.decref(node);
        const isCycle = way === "younger" ? target <= at : target >= at;
        // The cycle is garbage, and so is what it holds. What no cycle holds has died with its last reference.
        const held = way === "younger" ? LENGTH - target : target + 1;
        expect([at, target, core.collect(0)]).toEqual([at, target, isCycle ? held : 0]);
        expect(core.verify()).toBe(0);
        expect(core.trackedCount(0) + core.trackedCount(1)).toBe(0);
      }
    }
  });
});

describe.each(CORES)("%s core", (_, options) => {
  test.each(["unbounded", "bounded"] as const)(
    "a cycle through a container or a weak map is found, %s pauses",
    (pauses) => {
      withHeap({ ...options(), pauses }, (heap) => {
        heap.gc.disable();
        const Node = heap.struct("Node", { next: "ref", other: "ref" });
        const map = heap.weakref.keyMap();
        heap.gc.collect();
        const ways: ((node: ReturnType<typeof Node.new>) => Handle)[] = [
          (node) => heap.tuple([node]),
          (node) => heap.list([1, node]),
          (node) => heap.dict([["node", node]]),
          (node) => heap.set([node]),
        ];
        for (const close of ways) {
          heap.scope(() => {
            const node = Node.new({ next: Node.new() });
            node.other = close(node);
          });
          expect(heap.gc.collect(0)).toBeGreaterThan(0);
          heap.verify();
        }
        // The key of an entry holds its value through no slot.
        heap.scope(() => {
          const node = Node.new({ next: Node.new() });
          map.set(node, Node.new({ other: node }));
        });
        expect(heap.gc.collect(0)).toBeGreaterThan(0);
        heap.verify();
        expect(map.size).toBe(0);
        map.release();
      });
    },
  );

  test("a tuple of atoms stops being tracked also where all references lead one way", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", { next: "ref" });
      const node = Node.new({ next: Node.new() });
      const atoms = heap.tuple([1, 2]);
      heap.gc.collect(0);
      expect([atoms.isTracked, node.isTracked]).toEqual([false, true]);
    });
  });
});
