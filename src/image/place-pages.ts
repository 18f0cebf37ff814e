/**
 * Rebuilds everything that says what a restored heap's pages serve: directories and tables, descriptors, trees of free
 * runs, lists of spans.
 */
import { PAGE_SIZE } from "../../assembly/layout.js";
import {
  BITMAPS_OFFSET,
  BITMAPS_SHIFT,
  BOOTSTRAP_DESCRIPTORS,
  CLASSES_OFFSET,
  CLASS_COUNT,
  CLASS_RECORD_SIZE,
  DESCRIPTORS_OFFSET,
  DESCRIPTORS_SHIFT,
  DESCRIPTOR_SIZE,
  FIRST,
  FREE_TREES,
  FREE_TREES_OFFSET,
  FULL,
  LARGE_STRIDE,
  PAGE_FREE,
  PAGE_INSIDE,
  PAGE_LARGE,
  PAGE_SPAN,
  PAGE_TABLE,
} from "../wasm/core-layout.js";
import type { ControlField } from "../wasm/control-fields.js";
import { addressOf, tablePagesOf } from "./image.js";
import type { Image, Run } from "./image.js";
import type { Order } from "./check/order.js";

/** Describes the pages of an image in a freshly started core. The blocks have been copied already. */
export class PagePlacer {
  readonly #image: Image;
  readonly #order: Order;
  readonly #u32: Uint32Array;
  /** Address of the control block. */
  readonly #base: number;
  /** For each page of tables, the word of the directory that leads to it. */
  readonly #tables = new Map<number, number>();
  /** Bit b is set when tree b of free runs is not empty. */
  #freeTrees = 0;

  constructor(image: Image, order: Order, u32: Uint32Array, base: number) {
    this.#image = image;
    this.#order = order;
    this.#u32 = u32;
    this.#base = base;
  }

  /** Returns the control block's fields about pages. */
  run(): Partial<Record<ControlField, number>> {
    const tables = this.#placeTables();
    const counts = this.#describePages();
    this.#linkSpans();
    return { ...tables, ...counts };
  }

  #set(address: number, value: number): void {
    this.#u32[address >>> 2] = value;
  }

  /** Assigns the pages of tables: first descriptors, then bitmaps. */
  #placeTables(): Partial<Record<ControlField, number>> {
    const { firstPage, endPage } = this.#image.control;
    const { descriptors, bitmaps } = tablePagesOf(firstPage, endPage);
    const pages = this.#image.runs.filter(({ state }) => state === PAGE_TABLE).map(({ first }) => first);
    const bootstrap = this.#descriptor(firstPage);
    this.#u32.fill(0, bootstrap >>> 2, (bootstrap + BOOTSTRAP_DESCRIPTORS * DESCRIPTOR_SIZE) >>> 2);
    this.#placeParts(DESCRIPTORS_OFFSET, DESCRIPTORS_SHIFT, pages.slice(0, descriptors));
    this.#placeParts(BITMAPS_OFFSET, BITMAPS_SHIFT, pages.slice(descriptors));
    return { descriptorPages: descriptors, bitmapPages: bitmaps };
  }

  #placeParts(directory: number, shift: number, pages: readonly number[]): void {
    const first = this.#base + directory + 4 * (this.#image.control.firstPage >>> shift);
    pages.forEach((page, i) => {
      this.#set(first + 4 * i, page * PAGE_SIZE);
      this.#tables.set(page, first + 4 * i);
    });
  }

  /** Address of the descriptor of a page. */
  #descriptor(page: number): number {
    const part = this.#u32[(this.#base + DESCRIPTORS_OFFSET + 4 * (page >>> DESCRIPTORS_SHIFT)) >>> 2] as number;
    return part + (page & ((1 << DESCRIPTORS_SHIFT) - 1)) * DESCRIPTOR_SIZE;
  }

  /** Writes all descriptors, except the links of spans that are in lists. */
  #describePages(): Partial<Record<ControlField, number>> {
    const trees = (this.#base + FREE_TREES_OFFSET) >>> 2;
    this.#u32.fill(0, trees, trees + FREE_TREES);
    let freePages = 0;
    let pagesInUse = 0;
    for (const run of this.#image.runs) {
      const { first, pages, state } = run;
      const isFree = state === PAGE_FREE;
      for (let i = 1; i < pages; i++) {
        const inside = this.#descriptor(first + i);
        this.#set(inside + 24, isFree ? PAGE_FREE : PAGE_INSIDE);
        if (!isFree) this.#set(inside + 28, i);
      }
      const at = this.#descriptor(first);
      this.#set(at + 24, state);
      this.#set(at + 28, pages);
      if (isFree) {
        this.#set(this.#descriptor(first + pages - 1) + 4, first);
        this.#plantFreeRun(first, pages);
        freePages += pages;
      } else if (state === PAGE_SPAN) {
        this.#describeSpan(at, run);
        pagesInUse += pages;
      } else if (state === PAGE_LARGE) {
        const end = addressOf(run, 0) + LARGE_STRIDE;
        this.#set(at + 4, end);
        this.#set(at + 8, end);
        this.#set(at + 12, FULL + 1);
        this.#set(at + 24, state | (run.kind << 8));
        this.#set(at + 28, pages | (LARGE_STRIDE << 16));
        pagesInUse += pages;
      } else this.#set(at, this.#tables.get(first) as number);
    }
    return { freePages, pagesInUse, freeTrees: this.#freeTrees };
  }

  #describeSpan(at: number, run: Run): void {
    const { pages, kind, sizeClass, made, blockSize, free } = run;
    let freeBlocks = 0;
    for (let block = free; block !== 0; block = this.#image.word(block)) freeBlocks++;
    const first = addressOf(run, 0);
    this.#set(at, free);
    this.#set(at + 4, first + made * blockSize);
    this.#set(at + 8, first + Math.floor((pages * PAGE_SIZE) / blockSize) * blockSize);
    // Marked as full until it is found in a list.
    this.#set(at + 12, FULL + made - freeBlocks);
    this.#set(at + 24, PAGE_SPAN | (kind << 8) | (sizeClass << 16));
    this.#set(at + 28, pages | (blockSize << 16));
  }

  /** Inserts a free run into its tree, like `addFreeRun` of assembly/memory/free-runs.ts. The trees are empty at first. */
  #plantFreeRun(first: number, pages: number): void {
    const key = ((pages << 16) | first) >>> 0;
    const tree = 31 - Math.clz32(pages);
    let at = this.#base + FREE_TREES_OFFSET + 4 * tree;
    let path = (key << (Math.clz32(key) + 1)) >>> 0;
    for (let node = this.#u32[at >>> 2] as number; node !== 0; node = this.#u32[at >>> 2] as number) {
      at = this.#descriptor(node) + 16 + 4 * (path >>> 31);
      path = (path << 1) >>> 0;
    }
    this.#set(at, first);
    this.#freeTrees |= 1 << tree;
  }

  /** Links the spans with free blocks into their lists, in the order of the image. */
  #linkSpans(): void {
    const { spans } = this.#order;
    const classes = this.#base + CLASSES_OFFSET;
    for (let list = 0; list < 2 * CLASS_COUNT; list++) {
      let prev = 0;
      this.#set(classes + (list >>> 1) * CLASS_RECORD_SIZE + 4 * (list & 1), 0);
      for (const page of spans[list] ?? []) {
        const at = this.#descriptor(page);
        const used = (this.#u32[(at + 12) >>> 2] as number) - FULL;
        this.#set(at + 12, prev === 0 ? used + FIRST : used);
        this.#set(at + 20, prev);
        if (prev === 0) this.#set(classes + (list >>> 1) * CLASS_RECORD_SIZE + 4 * (list & 1), at);
        else this.#set(prev + 16, at);
        prev = at;
      }
    }
  }
}
