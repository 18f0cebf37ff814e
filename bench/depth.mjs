// A list and a cycle of ten million objects: built, dropped, collected. No stack overflows.
//
//     npm run bench:depth            (-- 1000000 for another length)

import { Heap } from "../dist/index.js";

const length = Number(process.argv[2] ?? 10_000_000);
const heap = Heap.createSync();
const Node = heap.struct("Node", { next: "ref", other: "ref" });
const { core } = heap;

function chain() {
  const last = core.alloc(Node.id);
  let first = last;
  for (let i = 1; i < length; i++) {
    const node = core.alloc(Node.id);
    core.setRef(node, 0, first);
    core.decref(first);
    first = node;
  }
  return { first, last };
}

function timed(what, action) {
  const start = performance.now();
  const result = action();
  const milliseconds = performance.now() - start;
  console.log(
    `${what.padEnd(42)} ${milliseconds.toFixed(0).padStart(7)} ms  ${((milliseconds * 1e6) / length).toFixed(1).padStart(6)} ns each`,
  );
  return result;
}

const objects = () => heap.stats().objects;
const empty = objects();
console.log(`${length.toLocaleString("en-US")} objects`);
const list = timed("a list, built (collector on)", chain);
timed("the list, alive through a full collection", () => core.collect(2));
timed("the list, dropped", () => core.decref(list.first));
console.log(`objects left: ${objects() - empty}`);
const ring = timed("a cycle, built (collector on)", chain);
core.setRef(ring.last, 0, ring.first);
core.decref(ring.first);
const collected = timed("the cycle, collected", () => core.collect(2));
console.log(`collected: ${collected.toLocaleString("en-US")}, objects left: ${objects() - empty}`);
heap.verify();
if (collected !== length || objects() !== empty) process.exitCode = 1;
