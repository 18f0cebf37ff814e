// Shares a heap with two workers, which open views of it. `window.views` tells the test what they read.

import { Heap } from "/dist/index.js";
import { share } from "/dist/image.js";
import { openView } from "/dist/view.js";

async function read() {
  const heap = Heap.createSync();
  const texts = { short: "héé", long: "日本 ".repeat(5000), name: "x".repeat(200) };
  heap.roots.set("doc", heap.from({ texts, list: [1, 2.5, { deep: true }] }));
  const image = share(heap);
  const answers = [openView(image), openView(image)].map((view) => view.read("doc").toJS());
  for (let i = 0; i < 2; i++) {
    const worker = new Worker("view-worker.js", { type: "module" });
    worker.postMessage(image);
    answers.push(await new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data))));
    worker.terminate();
  }
  const expected = JSON.stringify(heap.roots.get("doc"));
  return answers.map((answer) => JSON.stringify(answer) === expected);
}

window.views = await read().catch((error) => [String(error)]);
