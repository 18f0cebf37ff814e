// A large document, and a pool of workers that answer queries on it. The document lies in shared memory once: each worker opens
// a view of it. When the document changes, a new image is published, and each worker goes over to it between two queries.
//
//   node examples/shared-document.mjs

import { fileURLToPath } from "node:url";
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { Heap } from "heapwright";
import { share } from "heapwright/image";
import { openView } from "heapwright/view";

// ---- In each worker

/** What workers can be asked. */
const QUERIES = {
  /** Looks one thing up, by a path. */
  city: (view, customer) => view.read("shop", "customers", customer, "city") ?? null,
  /** Goes through a part of the orders. */
  sum: (view, from, to) => {
    const orders = view.read("shop", "orders");
    let sum = 0;
    for (let i = from; i < to; i++) sum += orders.read(i, "price");
    return sum;
  },
  /** Takes a part out, as plain JavaScript. */
  order: (view, index) => view.read("shop", "orders", index).toJS(),
};

function answerQueries() {
  let view;
  parentPort.on("message", ({ image, id, name, values }) => {
    if (image === undefined) parentPort.postMessage({ id, answer: QUERIES[name](view, ...values) });
    // The old view is forgotten, and its memory goes with the last one.
    else view = openView(image);
  });
}

// ---- In the main thread

class Pool {
  #workers;
  #waiting = new Map();
  #next = 0;

  constructor(count) {
    this.#workers = Array.from({ length: count }, () => new Worker(fileURLToPath(import.meta.url)));
    for (const worker of this.#workers)
      worker.on("message", ({ id, answer }) => {
        this.#waiting.get(id)(answer);
        this.#waiting.delete(id);
      });
  }

  get size() {
    return this.#workers.length;
  }

  /** Gives all workers another version of the document. Messages keep their order: what was asked before, the old one answers. */
  publish(image) {
    for (const worker of this.#workers) worker.postMessage({ image });
  }

  ask(name, ...values) {
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#workers[id % this.size].postMessage({ id, name, values });
    });
  }

  async close() {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** Each of the workers sums up a part. */
async function sumOf(pool, count) {
  const part = Math.ceil(count / pool.size);
  const parts = Array.from({ length: pool.size }, (_, i) => pool.ask("sum", i * part, Math.min(count, (i + 1) * part)));
  return (await Promise.all(parts)).reduce((sum, one) => sum + one, 0);
}

async function main() {
  const COUNT = 20_000;
  const heap = Heap.createSync();
  const shop = heap.from({
    customers: { alice: { city: "Oslo" }, bob: { city: "Lima" } },
    orders: Array.from({ length: COUNT }, (_, id) => ({ id, price: id % 100, customer: id % 2 ? "alice" : "bob" })),
  });
  heap.roots.set("shop", shop);

  const pool = new Pool(2);
  pool.publish(share(heap));
  console.log("Alice lives in", await pool.ask("city", "alice"));
  console.log("nobody lives in", await pool.ask("city", "nobody"));
  console.log("order 7:", JSON.stringify(await pool.ask("order", 7)));
  console.log("all orders:", await sumOf(pool, COUNT));

  // The heap goes on, and the workers see nothing of it until it is shared again.
  heap.scope(() => {
    shop.get("customers").get("alice").set("city", "Rome");
    for (const order of shop.get("orders")) order.set("price", 1);
  });
  console.log("before: Alice lives in", await pool.ask("city", "alice"));
  pool.publish(share(heap));
  console.log("after: Alice lives in", await pool.ask("city", "alice"));
  console.log("all orders:", await sumOf(pool, COUNT));
  await pool.close();
  heap.dispose();
}

if (isMainThread) await main();
else answerQueries();
