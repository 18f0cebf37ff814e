// One large document, read by 1, 2 and 4 workers: the time until each has its first answer, and the memory that each takes
// more; by views of a shared image, by JSON.parse of shared text, by postMessage of the object, by a heap restored in each.
// Then look-ups in one thread. Each measurement in a process of its own, except the look-ups.
//
//     npm run bench:share            (-- 5 for another number of megabytes of JSON)

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { jsonDocument } from "./json-document.mjs";
import { Heap } from "../dist/index.js";
import { restoreSync, share } from "../dist/image.js";
import { asObject, openView } from "../dist/view.js";

const MEGABYTES = 20;
const WORKERS = [1, 2, 4];
const PATH = [100, "position", "lat"];

/** What is sent to a worker, and how it makes the document of it. Each gives a function that reads a path. */
const WAYS = {
  "view of a shared image": {
    send: (text) => imageOf(text),
    open: (image) => {
      const view = openView(image);
      return (path) => view.read("doc", ...path);
    },
  },
  "JSON.parse of shared text": {
    send: (text) => {
      const bytes = new TextEncoder().encode(text);
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
      shared.set(bytes);
      return shared;
    },
    open: (bytes) => plain(JSON.parse(Buffer.from(bytes).toString())),
  },
  "postMessage of the object": { send: (text) => JSON.parse(text), open: (object) => plain(object) },
  "a heap restored in each": {
    send: (text) => imageOf(text),
    open: (image) => {
      const doc = restoreSync(image).roots.get("doc");
      return (path) => doc.read(...path);
    },
  },
};

const plain = (object) => (path) => path.reduce((at, step) => at[step], object);

function imageOf(text) {
  const heap = Heap.createSync();
  heap.roots.set("doc", heap.parse(text));
  const image = share(heap);
  heap.dispose();
  return image;
}

const once = (worker) => new Promise((resolve) => worker.once("message", resolve));
const settle = async () => {
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 200));
  globalThis.gc();
};

/** In a process of its own. */
async function measureHere(way, count, megabytes) {
  const payload = WAYS[way].send(jsonDocument(megabytes));
  const workers = Array.from({ length: count }, () => new Worker(new URL(import.meta.url), { workerData: { way } }));
  await Promise.all(workers.map(once));
  await settle();
  const before = process.memoryUsage().rss;
  const times = [];
  const answers = new Set();
  for (const worker of workers) {
    const start = performance.now();
    worker.postMessage(payload);
    answers.add(await once(worker));
    times.push(performance.now() - start);
  }
  for (const worker of workers) {
    worker.postMessage("gc");
    await once(worker);
  }
  await settle();
  const bytes = (process.memoryUsage().rss - before) / count;
  await Promise.all(workers.map((worker) => worker.terminate()));
  if (answers.size !== 1 || typeof [...answers][0] !== "number") throw new Error("the answers differ");
  return { ms: Math.max(...times), bytes };
}

function work() {
  let read;
  parentPort.on("message", (message) => {
    if (message === "gc") globalThis.gc();
    else read = WAYS[workerData.way].open(message);
    parentPort.postMessage(message === "gc" ? "done" : read(PATH));
  });
  parentPort.postMessage("ready");
}

function measure(way, count, megabytes) {
  const script = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, ["--expose-gc", script, String(megabytes), way, String(count)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.status !== 0) throw new Error(`${way} failed`);
  return JSON.parse(child.stdout);
}

/** Runs again and again, for a while to warm up, and then for the figure: times in a second. */
function rate(run, ms) {
  for (let end = performance.now() + ms; performance.now() < end;) run();
  let rounds = 0;
  const start = performance.now();
  do {
    run();
    rounds++;
  } while (performance.now() - start < ms);
  return (rounds * 1000) / (performance.now() - start);
}

function lookUps(megabytes) {
  const text = jsonDocument(megabytes);
  const object = JSON.parse(text);
  const image = imageOf(text);
  const view = openView(image);
  const handle = restoreSync(image).roots.get("doc");
  const looks = asObject(view.read("doc"));
  const paths = Array.from({ length: 5000 }, (_, i) => [(i * 7919) % object.length, "position", i % 2 ? "lat" : "lon"]);
  let sum = 0;
  const each = (read) => () => {
    for (const path of paths) sum += read(path);
  };
  const readers = {
    "plain object": plain(object),
    "view.read(…path)": (path) => view.read("doc", ...path),
    "view.get(…).get(…)": (path) => path.reduce((at, step) => at.get(step), view.read("doc")),
    "asObject(view)": plain(looks),
    "restored heap, read(…path)": (path) => handle.read(...path),
  };
  const ms = megabytes < 5 ? 50 : 1000;
  const rates = Object.entries(readers).map(([name, read]) => [name, rate(each(read), ms) * paths.length]);
  const opening = 1000 / rate(() => openView(image), ms / 4);
  if (!Number.isFinite(sum)) throw new Error("a path leads nowhere");
  return { rates, opening, size: image.byteLength };
}

function report(megabytes) {
  const number = (value, digits = 0) => value.toLocaleString("en", { maximumFractionDigits: digits });
  console.log(
    `${megabytes} MB of JSON. Until the first answer: the slowest worker. Memory: for each worker, after a collection.\n`,
  );
  console.log(
    `${"".padEnd(28)}${WORKERS.map((count) => `${count} worker${count > 1 ? "s" : ""}`.padStart(22)).join("")}`,
  );
  for (const way of Object.keys(WAYS)) {
    const cells = WORKERS.map((count) => {
      const { ms, bytes } = measure(way, count, megabytes);
      return `${number(ms, 1)} ms ${number(bytes / 1e6, 1)} MB`.padStart(22);
    });
    console.log(`${way.padEnd(28)}${cells.join("")}`);
  }
  const { rates, opening, size } = lookUps(megabytes);
  console.log(
    `\nThe image has ${number(size / 1e6, 1)} MB. A view of it opens in ${number(opening, 2)} ms. Paths of 3 steps a second:\n`,
  );
  for (const [name, value] of rates)
    console.log(
      `${name.padEnd(28)}${number(value).padStart(14)}${`1 / ${number(rates[0][1] / value, 1)}`.padStart(12)}`,
    );
}

const [megabytes = MEGABYTES, way, count] = process.argv.slice(2);
if (!isMainThread) work();
else if (way === undefined) report(Number(megabytes));
else console.log(JSON.stringify(await measureHere(way, Number(count), Number(megabytes))));
