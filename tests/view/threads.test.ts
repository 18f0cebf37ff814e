import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test, vi } from "vitest";
import { restoreSync, save, share } from "../../src/image.js";
import { Heap } from "../../src/index.js";
import { openView } from "../../src/view/heap-view.js";
import { codeOf } from "../support/heap.js";
import { seedOf } from "../support/random.js";
import { attempt, workOut } from "./hostile.js";

const here = (file: string): URL => new URL(file, import.meta.url);

function documentHeap(): Heap {
  const heap = Heap.createSync();
  const doc = {
    names: ["Alice", "é".repeat(3000)],
    people: Array.from({ length: 300 }, (_, id) => ({ id, name: `name ${id}`, tags: new Set(["a", id]) })),
  };
  heap.roots.set("doc", heap.from(doc)).set("list", heap.list([heap.tuple([1, "a"]), null]));
  return heap;
}

test("another thread opens a view of the shared image, and reads what the heap has", async () => {
  const heap = documentHeap();
  const image = share(heap);
  const paths = [
    ["doc", "names", 1],
    ["doc", "people", 70, "name"],
    ["doc", "people", 0, "no such"],
    ["list", 0, -1],
  ] as const;
  const worker = new Worker(here("worker.mjs"));
  worker.postMessage({ image, paths });
  const [{ answers, copy }] = (await once(worker, "message")) as [{ answers: unknown[]; copy: unknown }];
  await worker.terminate();
  expect(answers).toEqual(["é".repeat(3000), "name 70", undefined, "a"]);
  const doc = heap.roots.get("doc")!;
  expect(copy).toEqual(doc.toJS());
});

test("a shared image is an image: it restores, and its bytes are those of save", () => {
  const heap = documentHeap();
  const image = share(heap);
  expect(image).toBeInstanceOf(SharedArrayBuffer);
  expect(Buffer.compare(new Uint8Array(image), save(heap))).toBe(0);
  using restored = restoreSync(image);
  restored.verify();
});

test("without shared memory in the engine, share says so", () => {
  const heap = documentHeap();
  vi.stubGlobal("SharedArrayBuffer", undefined);
  try {
    expect(codeOf(() => share(heap))).toBe("BAD_VALUE");
    expect(openView(save(heap)).read("list", 0, 1)).toBe("a");
  } finally {
    vi.unstubAllGlobals();
  }
});

test("while another thread changes the bytes, calls give answers, or errors with a code", async () => {
  const heap = documentHeap();
  const clean = new Uint8Array(share(heap));
  const image = new SharedArrayBuffer(clean.length);
  const bytes = new Uint8Array(image);
  bytes.set(clean);
  const stop = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(here("changer.mjs"), { workerData: { image, stop, seed: seedOf(9) } });
  await once(worker, "online");
  while (Atomics.load(stop, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  for (let round = 0; round < 5; round++) {
    bytes.set(clean);
    const view = attempt(() => openView(image));
    if (view !== undefined) for (let again = 0; again < 2; again++) workOut(view);
  }
  Atomics.store(stop, 0, 1);
  await once(worker, "exit");
});

test("bytes that change, or go, between two calls", () => {
  const heap = documentHeap();
  const image = save(heap);
  const view = openView(image);
  const doc = view.roots.get("doc") as { toJS(): unknown; read(...path: unknown[]): unknown };
  const people = doc.read("people") as Iterable<unknown>;
  const steps = people[Symbol.iterator]();
  steps.next();
  image.fill(0xff, 400);
  expect(attempt(() => doc.toJS())).toBe(undefined);
  expect(attempt(() => [...people])).toBe(undefined);
  expect(attempt(() => steps.next())).toBe(undefined);
  workOut(view);
  // A buffer that was sent away.
  structuredClone(image.buffer, { transfer: [image.buffer] });
  expect(attempt(() => doc.toJS())).toBe(undefined);
  workOut(view);
});
