// What the machine takes for the memory accesses alone that marking cannot do without, in JavaScript, without a heap.

import { cpu } from "./core.mjs";
import { drawing, shuffle } from "./graphs.mjs";

/** Words of an object with two references, and bytes of address for each bit of a bitmap. */
const OBJECT_WORDS = 6;
const BYTES_PER_BIT = 8;

function timed(objects, work) {
  let best = Infinity;
  for (let time = 0; time < 4; time++) {
    const start = cpu();
    work();
    best = Math.min(best, cpu() - start);
  }
  return (best * 1e6) / objects;
}

/** Follows a chain through all objects, which lie at random. */
function chase(n) {
  const words = new Uint32Array(n * OBJECT_WORDS);
  const order = shuffle(Uint32Array.from({ length: n }, (_, i) => i * OBJECT_WORDS));
  for (let i = 0; i < n; i++) words[order[i]] = order[(i + 1) % n];
  let at = 0;
  return timed(n, () => {
    for (let i = 0; i < n; i++) at = words[at];
    if (at === 1) throw new Error("no object begins there");
  });
}

/** Reads all objects in address order, and sets a bit at random for each of both references. */
function markAtRandom(n) {
  const words = new Uint32Array(n * OBJECT_WORDS);
  const draw = drawing();
  const perObject = (OBJECT_WORDS * 4) / BYTES_PER_BIT;
  for (let i = 0; i < n; i++) for (let slot = 4; slot < 6; slot++) words[i * OBJECT_WORDS + slot] = draw(n) * perObject;
  const bits = new Uint32Array(Math.ceil((n * perObject) / 32));
  return timed(n, () => {
    bits.fill(0);
    for (let at = 0; at < words.length; at += OBJECT_WORDS)
      for (let slot = at + 4; slot < at + 6; slot++) {
        const bit = words[slot];
        const word = bits[bit >>> 5];
        const mask = 1 << (bit & 31);
        if (!(word & mask)) bits[bit >>> 5] = word | mask;
      }
  });
}

export function printControls(n) {
  console.log("\nthe machine, without a heap");
  console.log(`${"a chain at random addresses".padEnd(34)}${chase(n).toFixed(1).padStart(8)}`);
  console.log(`${"two bits at random for each".padEnd(34)}${markAtRandom(n).toFixed(1).padStart(8)}`);
}
