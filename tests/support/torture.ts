import type { Handle, Heap } from "../../src/index.js";

interface Torture {
  tortureFail(n: number): void;
  tortureCollect(on: number): void;
}

/** Lets the n-th request for memory from now fail, and all after it; 0 = none. Checked core only. */
export function failMemory(heap: Heap, n: number): void {
  tortureOf(heap).tortureFail(n);
}

function tortureOf(heap: Heap): Torture {
  return heap.scope(() => heap.none.store.core as unknown as Torture);
}

/** Makes outside references to an object until there are so many. From the 255th on they need memory. */
export function saturate(handle: Handle, roots: number): Handle[] {
  const clones: Handle[] = [];
  while (handle.store.core.roots(handle.address) < roots) clones.push(handle.clone());
  return clones;
}

/** Lets every birth of an object collect the whole heap first, or not. Checked core only. */
export function collectAlways(heap: Heap, on: boolean): void {
  tortureOf(heap).tortureCollect(on ? 1 : 0);
}
