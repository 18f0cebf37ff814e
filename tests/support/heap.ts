import { checkedCore } from "../../src/checked.js";
import { Heap } from "../../src/index.js";
import type { HeapOptions } from "../../src/index.js";

export type SyncOptions = HeapOptions<WebAssembly.Module | BufferSource>;

/** Both builds, to run the same tests on. */
export const CORES: [string, () => SyncOptions][] = [
  ["release", () => ({})],
  // Stack traces are slow under the test runner; the tests of the leak net ask for them.
  ["checked", () => ({ module: checkedCore(), traceHandles: false })],
];

/** Runs a test on a heap that is verified before and after its end. */
export function withHeap(options: SyncOptions, run: (heap: Heap) => void): void {
  const heap = Heap.createSync(options);
  run(heap);
  heap.verify();
  heap.dispose();
}

/** The `code` of the error that an action throws; fails if it throws none. */
export function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code ?? `no code: ${String(error)}`;
  }
  return "no error";
}
