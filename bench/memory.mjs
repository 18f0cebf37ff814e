// What an object with two references takes, in pages that serve objects, at several sizes of heap.
//
//     npm run bench:memory

import { Heap } from "../dist/index.js";

const format = (number) => number.toLocaleString("en-US");

console.log("  objects   bytes an object   of its block   tables   bitmaps (for collections, apart)");
for (const objects of [10_000, 100_000, 1_000_000]) {
  const heap = Heap.createSync();
  const Pair = heap.struct("Pair", { head: "ref", tail: "ref" });
  const { core } = heap;
  const before = heap.stats().bytes;
  let first = core.alloc(Pair.id);
  for (let i = 1; i < objects; i++) {
    const next = core.alloc(Pair.id);
    core.setRef(next, 0, first);
    core.decref(first);
    first = next;
  }
  const after = heap.stats().bytes;
  const each = (field) => ((after[field] - before[field]) / objects).toFixed(2);
  console.log(
    `${format(objects).padStart(9)}   ${each("usedPages").padStart(15)}   ${each("live").padStart(12)}   ` +
      `${each("tables").padStart(6)}   ${each("bitmaps").padStart(7)}   ${((after.bitmaps / after.usedPages) * 100).toFixed(1)} %`,
  );
  heap.dispose();
}
