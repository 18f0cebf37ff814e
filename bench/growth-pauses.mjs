// What a growth of WebAssembly memory costs beside JavaScript objects, and what taking memory ahead of need does to the longest
// pause of an allocation.
//
//     node bench/growth-pauses.mjs [JavaScript objects, 2000000 if not given]

import { setTimeout } from "node:timers/promises";
import { Heap } from "../dist/index.js";

const count = Number(process.argv[2] ?? 2_000_000);
const keep = Array.from({ length: count }, (_, i) => ({ i }));
const MIB = 2 ** 20;

function timeOf(run) {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function longestGrowth() {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 8192 });
  let longest = 0;
  for (let pages = 16; pages < 8192; pages *= 2)
    longest = Math.max(
      longest,
      timeOf(() => memory.grow(pages)),
    );
  return longest;
}

/** The longest batch of 1,000 births while a heap grows to some 48 MiB, so long after the heap was made. */
async function longestBatch(options, restMs = 0) {
  const heap = Heap.createSync({ pauses: "bounded", ...options });
  if (restMs > 0) await setTimeout(restMs);
  const Pair = heap.struct("Pair", { next: "ref", other: "ref" });
  const { core } = heap;
  const next = Pair.slotOf("next");
  let longest = 0;
  let last = 0;
  for (let batch = 0; batch < 2000; batch++) {
    const time = timeOf(() => {
      for (let i = 0; i < 1000; i++) {
        const made = core.alloc(Pair.id);
        if (last !== 0) {
          core.setRef(made, next, last);
          core.decref(last);
        }
        last = made;
      }
    });
    longest = Math.max(longest, time);
  }
  heap.dispose();
  return longest;
}

const row = (what, ms) => console.log(`${what.padEnd(66)}${ms.toFixed(1).padStart(8)} ms`);
console.log(`${process.version}, beside ${count.toLocaleString("en")} JavaScript objects`);
row("a memory that doubles to 512 MiB: the longest growth", longestGrowth());
const reserved = { initialBytes: 128 * MIB };
await longestBatch(reserved); // compiles what is measured
console.log("the longest batch of 1,000 births, with a heap that was just made:");
row("  memory as it comes", await longestBatch({}));
row("  initialBytes of 128 MiB", await longestBatch(reserved));
console.log("the same, a second after the heap was made:");
row("  memory as it comes", await longestBatch({}, 1000));
row("  initialBytes of 128 MiB", await longestBatch(reserved, 1000));
if (keep.length !== count) throw new Error("the objects are gone");
