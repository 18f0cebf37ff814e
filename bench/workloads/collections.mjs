import { expectEqual, reachableFromFirst } from "./check.mjs";

const MILLION = 1e6;
const GROWTH = [1e4, 1e5, 1e6, 1e7];

/** Collects, again and again, a heap in which everything is alive. */
function fullCollection({ name, title, build, prepare, live = (count) => count, edges, sizes }) {
  return {
    name,
    title,
    unit: "ns / object",
    sizes: { quick: [1e5], growth: GROWTH, ...sizes },
    open(program, count) {
      program.enable(0);
      program[build](count);
      prepare?.(program, count);
      // The first one may find garbage that building left.
      program.collect();
      const objects = live(count);
      return {
        operations: objects,
        run: () => program.collect(),
        check() {
          if (edges) expectEqual(program.edges(), edges(count), "references that are as drawn");
          const alive = program.alive?.();
          if (alive !== undefined) expectEqual(alive, objects + (edges ? (program.holders ?? 0) : 0), "objects alive");
        },
      };
    },
  };
}

export const collections = [
  fullCollection({
    name: "full-random",
    title: "full collection, random references, held from a list",
    build: "graph",
    edges: (count) => 2 * count,
    sizes: { full: [MILLION, 5 * MILLION] },
  }),
  fullCollection({
    name: "full-one-root",
    title: "full collection, the same graph held by one root",
    build: "graph",
    prepare: (program) => program.keepFirst(),
    live: reachableFromFirst,
    sizes: { full: [MILLION] },
  }),
  fullCollection({
    name: "full-sequential",
    title: "full collection, a doubly linked list",
    build: "sequence",
    edges: (count) => 2 * count,
    sizes: { full: [MILLION] },
  }),
  fullCollection({
    name: "full-aged",
    title: "full collection, an aged heap: twice as many random replacements",
    build: "graph",
    prepare(program, count) {
      program.enable(1);
      program.age(2 * count);
      program.enable(0);
      program.redraw();
    },
    edges: (count) => 2 * count,
    sizes: { full: [MILLION] },
  }),
];
