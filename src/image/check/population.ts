import { INFO_OFFSET, TYPE_BUFFER, TYPE_MASK } from "../../../assembly/layout.js";
import { PAGE_LARGE, PAGE_SPAN } from "../../wasm/core-layout.js";
import { addressOf } from "../image.js";
import type { Image, Run } from "../image.js";
import { prefixOf } from "../types.js";

/** 32-bit words with one bit for each 8 bytes of a page. */
const PAGE_BITS = 256;
const NO_PAGE = 0xffffffff;

/**
 * The objects of an image, numbered by address. A bit for every 8 bytes of the pages with blocks is set where an object
 * begins. An object's ordinal is the number of bits before its own.
 */
export class Population {
  /** Addresses of the objects, ascending. */
  readonly addresses: Uint32Array;
  readonly #pageBits: Uint32Array;
  readonly #bits: Uint32Array;
  /** Number of objects before each word of `bits`. */
  readonly #rank: Uint32Array;
  /** Bits of the buffers whose owner has not been found yet. */
  readonly #buffers: Uint32Array;
  #unowned = 0;

  /** Counts the blocks. Checks that each free list visits exactly the free blocks of its run. @throws {@link BadImageError} */
  constructor(image: Image) {
    const { runs, control } = image;
    this.#pageBits = new Uint32Array(control.endPage).fill(NO_PAGE);
    let pages = 0;
    for (const run of runs) {
      const withBlocks = run.state === PAGE_SPAN ? run.pages : run.state === PAGE_LARGE ? 1 : 0;
      for (let i = 0; i < withBlocks; i++) this.#pageBits[run.first + i] = pages++ * PAGE_BITS;
    }
    this.#bits = new Uint32Array(pages * PAGE_BITS);
    this.#rank = new Uint32Array(pages * PAGE_BITS);
    this.#buffers = new Uint32Array(pages * PAGE_BITS);
    let count = 0;
    for (const run of runs) if (run.made > 0) count += this.#countBlocks(image, run);
    this.addresses = new Uint32Array(count);
    this.#number(image);
  }

  get count(): number {
    return this.addresses.length;
  }

  /** Returns the number of objects in a run. */
  #countBlocks(image: Image, run: Run): number {
    const { words, types } = image;
    const stride = run.blockSize >>> 2;
    let objects = 0;
    let free = 0;
    let at = run.start + (prefixOf(run.kind) >>> 2);
    for (let i = 0; i < run.made; i++, at += stride) {
      const id = (words[at + INFO_OFFSET / 4] as number) & TYPE_MASK;
      const address = addressOf(run, i);
      if (id === 0) {
        free++;
        continue;
      }
      const type = types[id];
      if (type === undefined) throw image.errorAt(address, "an object is of a type that does not exist");
      if (type.hasLinks !== (run.kind === 1)) throw image.errorAt(address, "an object is in a block of the other kind");
      if (type.payload > image.storedRoom(run)) throw image.errorAt(address, "an object does not fit its block");
      const place = this.#place(address);
      const bit = 1 << ((address >>> 3) & 31);
      if (id === TYPE_BUFFER) {
        this.#buffers[place] = (this.#buffers[place] as number) | bit;
        this.#unowned++;
      } else {
        this.#bits[place] = (this.#bits[place] as number) | bit;
        objects++;
      }
    }
    if (run.state === PAGE_LARGE && free > 0) throw image.errorAt(addressOf(run, 0), "a large block is free");
    this.#followFree(image, run, free);
    return objects;
  }

  /** Walks a free list: it must visit each free block once. */
  #followFree(image: Image, run: Run, free: number): void {
    const { words } = image;
    const first = addressOf(run, 0);
    const visited = new Uint8Array(free > 0 ? run.made : 0);
    let seen = 0;
    for (let block = run.free; block !== 0; seen++) {
      const index = (block - first) / run.blockSize;
      const isBlock = Number.isInteger(index) && index >= 0 && index < run.made;
      if (!isBlock || visited[index] !== 0 || ((words[image.at(block) + INFO_OFFSET / 4] as number) & TYPE_MASK) !== 0)
        throw image.error("RUNS", `the free list of page ${run.first} leads astray`);
      visited[index] = 1;
      block = words[image.at(block)] as number;
    }
    if (seen !== free) throw image.error("RUNS", `the free list of page ${run.first} leaves blocks out`);
  }

  #number(image: Image): void {
    const { runs } = image;
    let ordinal = 0;
    for (const run of runs) {
      if (run.made === 0) continue;
      const pages = run.state === PAGE_SPAN ? run.pages : 1;
      const start = this.#pageBits[run.first] as number;
      for (let i = 0; i < pages * PAGE_BITS; i++) {
        const word = start + i;
        this.#rank[word] = ordinal;
        const base = run.first * 0x10000 + i * 256;
        for (let bits = this.#bits[word] as number; bits !== 0; bits &= bits - 1)
          this.addresses[ordinal++] = base + 8 * (31 - Math.clz32(bits & -bits));
      }
    }
  }

  #place(address: number): number {
    return (this.#pageBits[address >>> 16] as number) + ((address & 0xffff) >>> 8);
  }

  /** The object's ordinal; -1 if no object begins there. Accepts any 32 bits. */
  find(address: number): number {
    const page = this.#pageBits[address >>> 16];
    if (page === undefined || page === NO_PAGE || (address & 7) !== 0) return -1;
    const place = page + ((address & 0xffff) >>> 8);
    const bits = this.#bits[place] as number;
    const bit = (address >>> 3) & 31;
    if (((bits >>> bit) & 1) === 0) return -1;
    return (this.#rank[place] as number) + popcount(bits & ((1 << bit) - 1));
  }

  /** Claims a buffer for its owner. False if there is no buffer or it has an owner already. Accepts any 32 bits. */
  claimBuffer(address: number): boolean {
    const page = this.#pageBits[address >>> 16];
    if (page === undefined || page === NO_PAGE || (address & 7) !== 0) return false;
    const place = page + ((address & 0xffff) >>> 8);
    const bit = 1 << ((address >>> 3) & 31);
    const bits = this.#buffers[place] as number;
    if ((bits & bit) === 0) return false;
    this.#buffers[place] = bits & ~bit;
    this.#unowned--;
    return true;
  }

  /** Number of buffers without an owner. */
  get unownedBuffers(): number {
    return this.#unowned;
  }
}

function popcount(bits: number): number {
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
