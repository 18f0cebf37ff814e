// What calls from JavaScript cost: objects through handles and raw addresses, a dict, loops over containers; and beside them
// plain objects, a Map and an array.
//
//     npm run bench:handles

import Benchmark from "benchmark";
import { Heap, lending, yielding } from "../dist/index.js";

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
const array = Array.from(map.keys());
const list = heap.list(array);
const set = heap.set(array);
const pairs = heap.list();
for (let i = 0; i < 1000; i++) {
  const made = Pair.new();
  pairs.append(made);
  made.release();
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
  })
  .add("for…of an array, of 1,000", () => {
    for (const item of array) sink = item;
  })
  .add("for…of a list of numbers, of 1,000", () => {
    for (const item of list) sink = item;
  })
  .add("list.get(i) for each i, of 1,000", () => {
    for (let i = 0; i < list.length; i++) sink = list.get(i);
  })
  .add("for…of list.toJS(), of 1,000", () => {
    for (const item of list.toJS()) sink = item;
  })
  .add("for…of a list of objects + release(), of 1,000", () => {
    for (const item of pairs) item.release();
  })
  .add("for…of lending(objects), of 1,000", () => {
    for (const item of lending(pairs)) sink = item.address;
  })
  .add("for…of a Map, of 1,000", () => {
    for (const [key, value] of map) sink = key + value;
  })
  .add("for…of a dict, of 1,000", () => {
    for (const [key, value] of numbers) sink = key + value;
  })
  .add("for…of dict.keys(), of 1,000", () => {
    for (const key of numbers.keys()) sink = key;
  })
  .add("for…of a set, of 1,000", () => {
    for (const element of set) sink = element;
  })
  .add("for await…of yielding(list), of 1,000", {
    defer: true,
    fn: async (turn) => {
      for await (const item of yielding(list)) sink = item;
      turn.resolve();
    },
  });

let failed = false;
suite
  .on("cycle", ({ target }) => {
    const nanoseconds = 1e9 / target.hz / (target.name.endsWith("of 1,000") ? 1000 : 1);
    console.log(
      `${target.name.padEnd(48)} ${nanoseconds.toFixed(1).padStart(8)} ns  ±${target.stats.rme.toFixed(1)} %`,
    );
  })
  .on("error", ({ target }) => {
    console.error(`${target.name}: ${target.error}`);
    failed = true;
  })
  .on("complete", () => {
    heap.verify();
    process.exitCode = failed || sink === undefined ? 1 : 0;
  })
  .run();
