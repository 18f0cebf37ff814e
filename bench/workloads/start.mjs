import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const wasmSize = {
  name: "wasm-size",
  title: "size of the WebAssembly, gzipped",
  unit: "KB",
  ours: "heapwright-js",
  label: () => "one file",
  sizes: { full: [0], quick: [0] },
  open: (program) => ({ value: () => ({ figure: gzipSync(readFileSync(program.wasmFile)).length / 1024 }) }),
};

const ready = {
  name: "ready",
  title: "ready: from the import to a heap",
  unit: "ms",
  ours: "heapwright-js",
  label: () => "a fresh process",
  sizes: { full: [0], quick: [0] },
  open: (program) => ({
    async value() {
      const start = performance.now();
      const create = await program.load();
      const loaded = performance.now();
      await create();
      const end = performance.now();
      return {
        figure: end - loaded,
        importing: loaded - start,
        note: `after ${(loaded - start).toFixed(1)} ms of importing`,
      };
    },
  }),
};

const emptyHeap = {
  name: "empty-heap",
  title: "an empty heap",
  unit: "KB",
  ours: "heapwright-js",
  label: () => "memory taken",
  sizes: { full: [0], quick: [0] },
  open: (program) => ({
    async value() {
      const create = await program.load();
      const { bytes } = await create();
      return { figure: bytes() / 1024 };
    },
  }),
};

export const start = [wasmSize, ready, emptyHeap];
