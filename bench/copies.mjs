// What it takes to copy a document: into a heap, and back from the image of that heap, beside what V8 has for copies of its
// own objects. All in one process, in turn, the least of some rounds.
//
//     npm run bench:copies            (-- 4 for another number of megabytes)

import v8 from "node:v8";
import { Heap } from "../dist/index.js";
import { restoreSync, save } from "../dist/image.js";
import { jsonDocument } from "./json-document.mjs";

const ROUNDS = 15;
const count = (length, make) => Array.from({ length }, (_, i) => make(i));
const megabytes = Number(process.argv[2] ?? 4);

const DOCUMENTS = {
  [`records, ${megabytes} MB of JSON`]: () => JSON.parse(jsonDocument(megabytes)),
  "40,000 small objects": () => count(40_000, (id) => ({ id, name: `item ${id}`, isEven: id % 2 === 0, size: id / 8 })),
  "100,000 texts": () => count(100_000, (i) => `some text, number ${i}`),
  "300,000 ints": () => count(300_000, (i) => (i * 7919) % 1_000_003),
  "300,000 floats": () => count(300_000, (i) => i / 7),
};

/** Time of this process alone: a machine that is busy elsewhere slows only the clock. */
function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function measure(document) {
  const text = JSON.stringify(document);
  const first = Heap.createSync();
  const original = first.from(document);
  if (JSON.stringify(original.toJS()) !== text) throw new Error("what came out is not what went in");
  first.roots.set("document", original);
  const image = save(first);
  first.dispose();
  const works = {
    "v8.serialize": () => v8.deserialize(v8.serialize(document)),
    structuredClone: () => structuredClone(document),
    "JSON.parse": () => JSON.parse(text),
    from: (heap) => heap.from(document),
    parse: (heap) => heap.parse(text),
    restore: () => restoreSync(image),
  };
  const least = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(works)) {
      const heap = Heap.createSync();
      const start = cpuTime();
      const made = work(heap);
      least[name] = Math.min(least[name] ?? Infinity, cpuTime() - start);
      if (name === "restore") made.dispose();
      heap.dispose();
    }
  }
  return least;
}

let isFirst = true;
for (const [title, make] of Object.entries(DOCUMENTS)) {
  const times = measure(make());
  if (isFirst) {
    console.log(`Node ${process.version}; ms of processor time, the least of ${ROUNDS} rounds in turn.\n`);
    console.log(`| | ${Object.keys(times).join(" | ")} | from ÷ v8.serialize | restore ÷ from |`);
    console.log(`| --- |${" ---: |".repeat(Object.keys(times).length + 2)}`);
    isFirst = false;
  }
  const ratios = [times.from / times["v8.serialize"], times.restore / times.from].map((ratio) => ratio.toFixed(2));
  const cells = [...Object.values(times).map((ms) => ms.toFixed(1)), ...ratios];
  console.log(`| ${title} | ${cells.join(" | ")} |`);
}
