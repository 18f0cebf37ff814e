// How much memory `heap.parseStream` takes while 100 MB of JSON pass through it: more than the result needs, or not?
// Each text in a process of its own. The pieces are made one by one, so that no process ever holds the text.
//
//     npm run bench:json-memory            (-- 10 for another number of megabytes)

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { jsonRecords } from "./json-document.mjs";

/** The pieces of texts whose results are large, small and a single string. */
const TEXTS = {
  "records: all is kept": (bytes) => pieces("[", jsonRecords(bytes), ",\n", "]"),
  "one name again and again: the last is kept": (bytes) =>
    pieces("{", repeat('"name": {"list": [1.5, "text", null]}', bytes), ",", "}"),
  "spaces, and an empty list": (bytes) => pieces("[", repeat(" ".repeat(1000), bytes), "", "]"),
  "one string": (bytes) => pieces('"', repeat("text ".repeat(200), bytes), "", '"'),
};

function* repeat(text, bytes) {
  for (let done = 0; done < bytes; done += text.length) yield text;
}

const PIECE_BYTES = 65_536;

/** Buffers of 64 KiB, as a file's stream gives them. */
function* pieces(open, parts, between, close) {
  let text = open;
  let isFirst = true;
  for (const part of parts) {
    text += isFirst ? part : between + part;
    isFirst = false;
    if (text.length < PIECE_BYTES) continue;
    yield Buffer.from(text);
    text = "";
  }
  yield Buffer.from(text + close);
}

async function measureHere(name, megabytes) {
  const { Heap } = await import("../dist/index.js");
  const heap = Heap.createSync();
  // What compiles and warms up is no part of the measurement.
  heap.parse('[{"name": ["text", 1.5]}]').release();
  globalThis.gc();
  const before = { ...process.memoryUsage(), live: heap.stats().bytes.live };
  let [bytes, rss, heapUsed] = [0, 0, 0];
  let count = 0;
  async function* watched() {
    for (const piece of TEXTS[name](megabytes * 1e6)) {
      bytes += piece.length;
      yield piece;
      if (++count % 64 !== 0) continue;
      globalThis.gc();
      const now = process.memoryUsage();
      rss = Math.max(rss, now.rss - before.rss);
      heapUsed = Math.max(heapUsed, now.heapUsed - before.heapUsed);
    }
  }
  const start = performance.now();
  const handle = await heap.parseStream(watched());
  const ms = performance.now() - start;
  globalThis.gc();
  rss = Math.max(rss, process.memoryUsage().rss - before.rss);
  const { live, reserved } = heap.stats().bytes;
  handle.release();
  heap.verify();
  const left = heap.stats().bytes.live - before.live;
  if (left !== 0) throw new Error(`${left} bytes are left`);
  return { text: bytes, rss, heapUsed, result: live - before.live, reserved, ms };
}

function measure(name, megabytes) {
  const script = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, ["--expose-gc", script, String(megabytes), name], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.status !== 0) throw new Error(`${name} failed`);
  return JSON.parse(child.stdout);
}

function report(megabytes) {
  const row = (cells) => console.log(cells.map((cell, i) => (i ? cell.padStart(16) : cell.padEnd(44))).join(""));
  const mega = (number) => (number / 1e6).toFixed(1);
  console.log("MB");
  row(["", "text", "result", "wasm memory", "RSS, peak", "heapUsed, peak"]);
  for (const name of Object.keys(TEXTS)) {
    const { text, result, reserved, rss, heapUsed } = measure(name, megabytes);
    row([name, ...[text, result, reserved, rss, heapUsed].map(mega)]);
  }
  console.log("Result: the bytes of its objects. Both peaks are over those of the process before the first piece.");
}

const megabytes = Number(process.argv[2] ?? 100);
const name = process.argv[3];
if (name === undefined) report(megabytes);
else console.log(JSON.stringify(await measureHere(name, megabytes)));
