// Creating and dropping objects from JavaScript: handles, raw addresses, and plain objects beside them.
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
let sink;

const suite = new Benchmark.Suite()
  .add("a plain object, made and forgotten", () => {
    sink = { head: null, tail: null };
  })
  .add("core.alloc + core.decref", () => {
    core.decref(core.alloc(Pair.id));
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
  });

let failed = false;
suite
  .on("cycle", ({ target }) => {
    const nanoseconds = 1e9 / target.hz;
    console.log(
      `${target.name.padEnd(36)} ${nanoseconds.toFixed(1).padStart(8)} ns  ±${target.stats.rme.toFixed(1)} %`,
    );
  })
  .on("error", ({ target }) => {
    console.error(`${target.name}: ${target.error}`);
    failed = true;
  })
  .run();
heap.verify();
process.exitCode = failed || sink === undefined ? 1 : 0;
