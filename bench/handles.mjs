// What calls from JavaScript cost: objects through handles and raw addresses, a dict, and beside them plain objects and a Map.
//
//     npm run bench:handles

import Benchmark from "benchmark";
import { Heap } from "../dist/index.js";

// Without this the functions are compiled anew from their text, and lose sight of what they use.
Benchmark.support.decompilation = false;

const heap = Heap.createSync();
const Pair = heap.struct("Pair", { head: "ref", tail: "ref" });
const { core } = heap;
const other = Pair.new();
const pair = Pair.new({ head: other });
const numbers = heap.dict();
const map = new Map();
for (let key = 0; key < 1000; key++) {
  numbers.set(key, key);
  map.set(key, key);
}
let at = 0;
let sink;

const suite = new Benchmark.Suite()
  .add("a plain object, made and forgotten", () => {
    sink = { head: null, tail: null };
  })
  .add("core.alloc + core.decref", () => {
    core.decref(core.alloc(Pair.id));
  })
  .add("batch.create + batch.decref, of 1,000", () => {
    heap.batch.decref(heap.batch.create(Pair, 1000));
  })
  .add("Pair.new() + release()", () => {
    Pair.new().release();
  })
  .add("clone() + release()", () => {
    pair.clone().release();
  })
  .add("reading a reference + release()", () => {
    pair.head.release();
  })
  .add("writing a reference", () => {
    pair.tail = other;
  })
  .add("a Map: set + get, 1,000 keys", () => {
    at = (at + 1) % 1000;
    map.set(at, at);
    sink = map.get(at);
  })
  .add("a dict: set + get, 1,000 keys", () => {
    at = (at + 1) % 1000;
    numbers.set(at, at);
    sink = numbers.get(at);
  });

let failed = false;
suite
  .on("cycle", ({ target }) => {
    const nanoseconds = 1e9 / target.hz / (target.name.endsWith("of 1,000") ? 1000 : 1);
    console.log(
      `${target.name.padEnd(40)} ${nanoseconds.toFixed(1).padStart(8)} ns  ±${target.stats.rme.toFixed(1)} %`,
    );
  })
  .on("error", ({ target }) => {
    console.error(`${target.name}: ${target.error}`);
    failed = true;
  })
  .run();
heap.verify();
process.exitCode = failed || sink === undefined ? 1 : 0;
