import { fileURLToPath } from "node:url";

const library = new URL("../../dist/index.js", import.meta.url).href;

/** What `wasm-size`, `ready` and `empty-heap` ask. */
function startUp() {
  return {
    wasmFile: fileURLToPath(new URL("../../dist/core.wasm", import.meta.url)),
    async load() {
      const { Heap } = await import(library);
      return () => {
        const heap = Heap.createSync();
        return {
          bytes() {
            const { bytes } = heap.stats();
            return bytes.usedPages + bytes.tables + bytes.bitmaps;
          },
        };
      };
    },
  };
}

/** Ours, driven from JavaScript: raw addresses, and handles with their net for leaks. */
async function startProgram() {
  const { Heap } = await import(library);
  const heap = Heap.createSync();
  const Pair = heap.struct("Pair", { a: "ref", b: "ref" });
  const { core } = heap;
  const type = Pair.id;
  const empty = heap.stats().objects;
  let held = 0;

  function drop() {
    if (held !== 0) core.decref(held);
    held = 0;
  }
  function tree(depth) {
    const node = core.alloc(type);
    if (depth > 0) {
      for (const slot of [0, 1]) {
        const child = tree(depth - 1);
        core.setRef(node, slot, child);
        core.decref(child);
      }
    }
    return node;
  }
  const count = (node) => (node === 0 ? 0 : 1 + count(core.getRef(node, 0)) + count(core.getRef(node, 1)));
  function cycles(objects) {
    for (let i = 0; i < objects; i += 2) {
      const a = core.alloc(type);
      const b = core.alloc(type);
      core.setRef(a, 0, b);
      core.setRef(b, 0, a);
      core.decref(b);
      core.decref(a);
    }
  }
  return {
    enable: (on) => (on ? heap.gc.enable() : heap.gc.disable()),
    collect: () => core.collect(2),
    found: () => heap.gc.getStats().reduce((sum, { collected }) => sum + collected, 0),
    alive() {
      heap.verify();
      return heap.stats().objects - empty;
    },
    churn(objects) {
      for (let i = 0; i < objects; i++) core.decref(core.alloc(type));
    },
    handles(objects) {
      for (let i = 0; i < objects; i++) Pair.new().release();
    },
    trees: (depth) => core.decref(tree(depth)),
    treeNodes(depth) {
      const node = tree(depth);
      const nodes = count(node);
      core.decref(node);
      return nodes;
    },
    chain(objects) {
      drop();
      for (let i = 0; i < objects; i++) {
        const node = core.alloc(type);
        if (held !== 0) {
          core.setRef(node, 0, held);
          core.decref(held);
        }
        held = node;
      }
    },
    drop,
    cycles,
    garbage: cycles,
    check() {
      heap.verify();
      if (heap.stats().objects !== empty) throw new Error("objects are left");
    },
  };
}

const STARTING = ["wasm-size", "ready", "empty-heap"];

export const heapwrightJs = {
  name: "heapwright-js",
  title: "heapwright, driven from JS",
  isOurs: true,
  workloads: {
    trees: true,
    "trees-off": true,
    garbage: true,
    drop: true,
    "js-object": true,
    "js-handle": true,
    "wasm-size": true,
    ready: true,
    "empty-heap": true,
  },
  start: ({ workload }) => (STARTING.includes(workload) ? startUp() : startProgram()),
};
