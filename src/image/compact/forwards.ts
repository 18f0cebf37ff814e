import { PAGE_SIZE } from "../../../assembly/layout.js";
import { addressOf } from "../image.js";
import type { BlockSource } from "./source.js";

/** Where each block goes: one word for each block that was ever handed out. */
export class Forwards {
  readonly #runOfPage: Uint32Array;
  /** For each run: the address of its first object, bytes of a block, and its first word in `targets`. */
  readonly #starts: Float64Array;
  readonly #sizes: Float64Array;
  readonly #firsts: Uint32Array;
  /** The new address of each block; 0 = the block is free. */
  readonly #targets: Uint32Array;

  constructor({ runs, runOfPage }: BlockSource) {
    this.#runOfPage = runOfPage;
    this.#starts = new Float64Array(runs.length);
    this.#sizes = new Float64Array(runs.length);
    this.#firsts = new Uint32Array(runs.length + 1);
    let blocks = 0;
    runs.forEach((run, index) => {
      this.#starts[index] = addressOf(run, 0);
      this.#sizes[index] = run.blockSize;
      this.#firsts[index] = blocks;
      blocks += run.made;
    });
    this.#firsts[runs.length] = blocks;
    this.#targets = new Uint32Array(blocks);
  }

  /** The new addresses of the blocks of a run, to be read or filled. */
  ofRun(index: number): Uint32Array {
    return this.#targets.subarray(this.#firsts[index], this.#firsts[index + 1]);
  }

  /** The new address of a live object or buffer; 0 stays 0. */
  to(address: number): number {
    if (address === 0) return 0;
    const run = this.#runOfPage[address >>> 16] as number;
    const block = ((address - (this.#starts[run] as number)) / (this.#sizes[run] as number)) | 0;
    return this.#targets[(this.#firsts[run] as number) + block] as number;
  }

  /** As `to`, of any number: 0 if no live block begins there. */
  find(address: number): number {
    const run = this.#runOfPage[Math.floor(address / PAGE_SIZE)];
    if (run === undefined) return 0;
    const block = (address - (this.#starts[run] as number)) / (this.#sizes[run] as number);
    const first = this.#firsts[run] as number;
    const made = (this.#firsts[run + 1] as number) - first;
    return Number.isInteger(block) && block >= 0 && block < made ? (this.#targets[first + block] as number) : 0;
  }
}
