// What `compact(heap)` gives back, after some kinds of life; and what it costs for each live block and reference.
//
//     npm run bench:compact                      the lives, and heaps of 10,000 to a million blocks
//     npm run bench:compact -- 10000000          heaps of up to so many blocks
//
// Each life runs in a process of its own, so that the memory of the process can be compared with that of a heap that never
// held anything else.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Heap } from "../dist/index.js";
import { compact } from "../dist/image.js";

const MIB = 2 ** 20;
const mib = (bytes) => (bytes / MIB).toFixed(1);

/** A seeded generator: the same run each time. */
let state = 7;
const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;

const documentOf = (n) => ({
  id: n,
  tags: ["a", "b", `t${n % 97}`],
  rows: Array.from({ length: 40 }, (_, i) => ({ i, name: `row ${i} of ${n}`, v: i * 1.5 })),
});
/** A list of documents. One by one, so that little memory of JavaScript's is used. */
function documents(heap, count) {
  const list = heap.list();
  for (let i = 0; i < count; i++) list.append(documentOf(i));
  return list;
}

/** A cache of documents by number. */
function cacheOf(heap) {
  const cache = heap.dict();
  heap.roots.set("cache", cache);
  return {
    add: (i) => heap.scope(() => cache.set(i, heap.from(documentOf(i)))),
    drop: (i) => cache.delete(i),
  };
}

/** Each builds what stays and, unless `isFresh`, what goes. */
const LIVES = {
  "a large document comes and goes, the rest is older": (heap, isFresh) => {
    documents(heap, 500);
    if (!isFresh) documents(heap, 15_000).release();
  },
  "the same, and the rest is younger": (heap, isFresh) => {
    const large = isFresh ? undefined : documents(heap, 15_000);
    documents(heap, 500);
    large?.release();
  },
  "a cache of 15,000, 90 % evicted at random": (heap, isFresh) => {
    const cache = cacheOf(heap);
    const goes = Array.from({ length: 15_000 }, () => random() < 0.9);
    goes.forEach((isGone, i) => (isFresh && isGone) || cache.add(i));
    if (!isFresh) goes.forEach((isGone, i) => isGone && cache.drop(i));
  },
  "a cache by age, turned over 8 times, 90 % go": (heap, isFresh) => {
    const cache = cacheOf(heap);
    for (let i = isFresh ? 39_500 : 0; i < 40_000; i++) {
      cache.add(i);
      if (!isFresh && i >= 5000) cache.drop(i - 5000);
    }
    if (!isFresh) for (let i = 35_000; i < 39_500; i++) cache.drop(i);
  },
};

function rss() {
  for (let i = 0; i < 3; i++) globalThis.gc();
  return process.memoryUsage().rss;
}

/** Runs one life, and prints its figures as JSON. */
function live(name, isFresh) {
  const empty = rss();
  const heap = Heap.createSync({ hashSeed: 1 });
  LIVES[name](heap, isFresh);
  heap.gc.collect();
  const { bytes } = heap.stats();
  const before = { reserved: bytes.reserved, live: bytes.live, rss: rss() - empty };
  const start = performance.now();
  if (!isFresh) compact(heap);
  const ms = performance.now() - start;
  heap.verify();
  console.log(JSON.stringify({ before, ms, reserved: heap.stats().bytes.reserved, rss: rss() - empty }));
}

const run = (...args) =>
  JSON.parse(
    execFileSync(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url), "--life", ...args]).toString(),
  );

function showLives() {
  console.log(
    "| life | live MiB | reserved: before | after `compact` | ms | process, beyond an empty one: before | after | a fresh heap |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
  for (const name of Object.keys(LIVES)) {
    const { before, ms, reserved, rss } = run(name);
    const fresh = run(name, "--fresh");
    const cells = [mib(before.live), mib(before.reserved), mib(reserved), ms.toFixed(0)];
    console.log(`| ${[name, ...cells, mib(before.rss), mib(rss), mib(fresh.rss)].join(" | ")} |`);
  }
}

/** Nodes with two references each, in the order of birth; half of what was made is left. */
function showCosts(most) {
  console.log("\n| live blocks | references | ms | ns a block | ns a reference |");
  console.log("| --- | --- | --- | --- | --- |");
  for (let count = 10_000; count <= most; count *= 10) {
    let least = Infinity;
    let blocks = 0;
    for (let sample = 0; sample < Math.max(3, 1_000_000 / count); sample++) {
      const heap = Heap.createSync({ hashSeed: 1 });
      const Node = heap.struct("Node", { a: "ref", b: "ref" });
      const { core } = heap;
      const [a, b] = [Node.slotOf("a"), Node.slotOf("b")];
      let [last, other] = [core.alloc(Node.id), 0];
      for (let i = 1; i < count; i++) {
        const node = core.alloc(Node.id);
        const hole = core.alloc(Node.id);
        core.setRef(node, a, last);
        if (other !== 0) core.setRef(node, b, other);
        core.decref(last);
        core.decref(hole);
        if (i % 3 === 0) other = last;
        last = node;
      }
      blocks = heap.stats().blocks;
      const start = performance.now();
      compact(heap);
      least = Math.min(least, performance.now() - start);
      heap.dispose();
    }
    const ns = (least * 1e6) / blocks;
    console.log(`| ${blocks} | ${2 * count} | ${least.toFixed(1)} | ${ns.toFixed(0)} | ${(ns / 2).toFixed(0)} |`);
  }
}

const [first, name, ...rest] = process.argv.slice(2);
if (first === "--life") live(name, rest.includes("--fresh"));
else {
  showLives();
  showCosts(Number(first ?? 1_000_000));
}
