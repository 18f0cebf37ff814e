// A heap that is saved, restored, cloned, and sent to a worker.
//
//   node examples/images.mjs

import { lostFunctions, restoreSync, save } from "heapwright/image";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { Heap } from "heapwright";

const NOTE = { text: "str", next: "ref" };

function lengthOf(heap) {
  let length = 0;
  heap.scope(() => {
    for (let note = heap.roots.get("first"); note !== null; note = note.next) length++;
  });
  return length;
}

async function main() {
  const heap = Heap.createSync();
  const Note = heap.struct("Note", NOTE, { finalize: (note) => console.log(`the note "${note.text}" is gone`) });
  heap.scope(() => {
    const third = Note.new({ text: "third" });
    const second = Note.new({ text: "second", next: third });
    heap.roots.set("first", Note.new({ text: "first", next: second }));
  });

  const folder = mkdtempSync(join(tmpdir(), "heapwright-"));
  const file = join(folder, "notes.heap");
  writeFileSync(file, save(heap));
  const later = restoreSync(readFileSync(file));
  rmSync(folder, { recursive: true });
  console.log(`restored: ${lengthOf(later)} notes`);
  console.log(
    "lost:",
    lostFunctions(later)
      .map(({ kind, type }) => `the ${kind} of ${type}`)
      .join(", "),
  );
  later.struct("Note", NOTE, { finalize: (note) => console.log(`"${note.text}" ends in the restored heap`) });
  console.log("lost, after Note was defined again:", lostFunctions(later).length);

  const clone = restoreSync(save(heap));
  clone.roots.clear();
  console.log(`the clone has ${clone.roots.size} roots, the heap ${heap.roots.size}`);

  const worker = new Worker(new URL(import.meta.url));
  const image = save(heap);
  const answer = new Promise((resolve) => worker.once("message", resolve));
  worker.postMessage(image, [image.buffer]);
  console.log(`the worker counts ${await answer} notes`);
  await worker.terminate();

  later.roots.delete("first");
}

if (isMainThread) await main();
else parentPort.once("message", (image) => parentPort.postMessage(lengthOf(restoreSync(image))));
