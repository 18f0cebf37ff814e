import { Heap } from "../../src/index.js";
import type { HeapOptions } from "../../src/index.js";
import { seedOf, seededRandom } from "./random.js";

export type Random = (bound: number) => number;

export interface Program {
  seeds: number;
  steps: number;
  firstSeed: number;
}

/**
 * Runs random steps on heaps of their own, one a seed, and verifies the heap after each. What fails is thrown with seed
 * and step; HEAPWRIGHT_SEED then replays it. Handles that a step makes end with it.
 */
export function runProgram(
  options: HeapOptions<WebAssembly.Module | BufferSource>,
  { seeds, steps, firstSeed }: Program,
  start: (heap: Heap, random: Random) => (step: number) => void,
): void {
  const first = seedOf(firstSeed);
  for (let seed = first; seed < first + seeds; seed++) {
    let step = 0;
    try {
      const heap = Heap.createSync({ ...options, hashSeed: seed });
      const act = start(heap, seededRandom(seed));
      for (step = 1; step <= steps; step++) {
        heap.scope(() => {
          act(step);
        });
        heap.verify();
      }
      heap.dispose();
    } catch (error) {
      throw new Error(`seed ${seed}, step ${step}: ${(error as Error).message}`, { cause: error });
    }
  }
}

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[random(values.length)] as T;
}
