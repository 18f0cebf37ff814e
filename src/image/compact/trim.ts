/**
 * A plan that leaves every object where it is, and gives back the free pages behind the last one. What the heap has for
 * itself, its tables of pages and of objects, moves out of the way.
 */
import { PAGE_SIZE, TYPE_MASK } from "../../../assembly/layout.js";
import { TABLE_BUFFERS } from "../../wasm/control-fields.js";
import { CLASS_COUNT, CLASS_SIZES, PAGE_FREE, PAGE_LARGE, PAGE_SPAN, PAGE_TABLE } from "../../wasm/core-layout.js";
import { align } from "../format.js";
import { addressOf, tablePagesOf } from "../image.js";
import type { Run } from "../image.js";
import { prefixOf } from "../types.js";
import { Forwards } from "./forwards.js";
import type { Plan } from "./plan.js";
import type { BlockSource } from "./source.js";

/** A run of the trimmed heap. */
interface Kept {
  readonly first: number;
  readonly pages: number;
  readonly state: number;
  readonly kind: number;
  readonly sizeClass: number;
  /** Bytes of a large block that are stored. */
  readonly stored: number;
  /** Of a span: whether each block that fits is live. */
  readonly live: Uint8Array;
}

export function planTrim(source: BlockSource): Plan {
  return new Trimmer(source).run();
}

class Trimmer {
  readonly #source: BlockSource;
  readonly #forwards: Forwards;
  readonly #kept: Kept[] = [];
  /** The buffers of the heap's own tables that have to move: the runs they are in, and their blocks. */
  readonly #homeless: { run: Run; targets: Uint32Array; block: number }[] = [];
  /** For each page whether a kept run has it. */
  #taken: Uint8Array;
  #endPage: number;

  constructor(source: BlockSource) {
    this.#source = source;
    this.#forwards = new Forwards(source);
    this.#taken = new Uint8Array(source.control.endPage);
    this.#endPage = source.control.firstPage;
  }

  run(): Plan {
    this.#keepRuns();
    for (const { run, targets, block } of this.#homeless) targets[block] = this.#placeFor(run);
    const tables = this.#placeTables();
    return this.#planOf(tables);
  }

  /** Keeps the runs with objects. The buffers of own tables that lie in others are homeless. */
  #keepRuns(): void {
    const { runs, control } = this.#source;
    const own = new Set<number>(TABLE_BUFFERS.map((field) => control[field]));
    const others: [Run, Uint32Array][] = [];
    runs.forEach((run, index) => {
      if (run.made === 0) return;
      const targets = this.#forwards.ofRun(index);
      const live = this.#liveIn(run);
      for (let block = 0; block < run.made; block++) if (live[block] !== 0) targets[block] = addressOf(run, block);
      if (targets.some((target) => target !== 0 && !own.has(target))) this.#keep({ ...run, live });
      else others.push([run, targets]);
    });
    for (const [run, targets] of others) {
      if (!targets.some((target) => target !== 0)) continue;
      // In front of the end it is in nobody's way.
      if (run.first + run.pages <= this.#endPage) this.#keep({ ...run, live: this.#liveIn(run) });
      else
        targets.forEach((target, block) => {
          if (target !== 0) this.#homeless.push({ run, targets, block });
        });
    }
  }

  #liveIn(run: Run): Uint8Array {
    const { words } = this.#source;
    const live = new Uint8Array(Math.floor((run.pages * PAGE_SIZE) / run.blockSize));
    const first = run.start + (prefixOf(run.kind) >>> 2) + 1;
    for (let block = 0; block < run.made; block++)
      if (((words[first + block * (run.blockSize >>> 2)] as number) & TYPE_MASK) !== 0) live[block] = 1;
    return live;
  }

  #keep(run: Kept): void {
    this.#kept.push(run);
    this.#endPage = Math.max(this.#endPage, run.first + run.pages);
    this.#taken.fill(1, run.first, run.first + run.pages);
  }

  /** A new address for a homeless buffer: in a span with room, else in the lowest pages that are free. */
  #placeFor(run: Run): number {
    const { sizeClass, kind, state } = run;
    const isSame = (one: Kept): boolean => one.state === state && one.sizeClass === sizeClass && one.kind === kind;
    let home = state === PAGE_SPAN ? this.#kept.find((one) => isSame(one) && one.live.includes(0)) : undefined;
    if (home === undefined) {
      const pages = state === PAGE_SPAN ? 1 : run.pages;
      const blocks = state === PAGE_SPAN ? Math.floor(PAGE_SIZE / run.blockSize) : 1;
      home = { ...run, first: this.#freePages(pages), pages, live: new Uint8Array(blocks) };
      this.#keep(home);
    }
    const block = home.live.indexOf(0);
    home.live[block] = 1;
    return home.first * PAGE_SIZE + block * run.blockSize + prefixOf(kind);
  }

  /** The lowest so many pages in a row that are free, if need be behind the end. */
  #freePages(pages: number): number {
    let first = this.#source.control.firstPage;
    for (let page = first; page < first + pages && page < this.#endPage; page++)
      if (this.#taken[page] !== 0) first = page + 1;
    return first;
  }

  /** Takes the lowest free pages for descriptors and bitmaps. Returns them. */
  #placeTables(): Set<number> {
    const { firstPage } = this.#source.control;
    const tables = new Set<number>();
    for (;;) {
      const { descriptors, bitmaps } = tablePagesOf(firstPage, this.#endPage);
      if (tables.size === descriptors + bitmaps) return tables;
      const page = this.#freePages(1);
      tables.add(page);
      this.#endPage = Math.max(this.#endPage, page + 1);
      if (page >= this.#taken.length)
        this.#taken = Uint8Array.from({ length: 2 * page }, (_, i) => this.#taken[i] ?? 0);
      this.#taken[page] = 1;
    }
  }

  #planOf(tables: ReadonlySet<number>): Plan {
    const endPage = this.#endPage;
    const rows: number[] = [];
    const order: number[][] = Array.from({ length: 2 * CLASS_COUNT }, () => []);
    const freeBlocks: number[] = [];
    const pageStart = new Uint32Array(endPage);
    let bytes = 0;
    let pagesInUse = 0;
    const runs = new Map(this.#kept.map((run) => [run.first, run]));
    for (let page = this.#source.control.firstPage; page < endPage;) {
      const run = runs.get(page);
      if (run === undefined) {
        const state = tables.has(page) ? PAGE_TABLE : PAGE_FREE;
        let pages = 1;
        if (state === PAGE_FREE) while (page + pages < endPage && this.#taken[page + pages] === 0) pages++;
        rows.push(pages | (state << 16), 0, 0);
        page += pages;
        continue;
      }
      for (let i = 0; i < run.pages; i++) pageStart[page + i] = (bytes + i * PAGE_SIZE) >>> 2;
      const head = run.pages | (run.state << 16) | (run.kind << 24);
      if (run.state === PAGE_LARGE) {
        rows.push(head, 0, run.stored);
        bytes += align(run.stored);
      } else {
        const made = run.live.lastIndexOf(1) + 1;
        const size = CLASS_SIZES[run.sizeClass] as number;
        rows.push(head, run.sizeClass | (made << 8), freeListOf(run, made, size, freeBlocks));
        if (run.live.includes(0)) order[2 * run.sizeClass + run.kind]?.push(page);
        bytes += align(made * size);
      }
      pagesInUse += run.pages;
      page += run.pages;
    }
    return {
      forwards: this.#forwards,
      rows,
      order: order.flatMap((pages) => [pages.length, ...pages]),
      pageStart,
      bytes,
      pagesInUse,
      endPage,
      freeBlocks,
    };
  }
}

/** Adds the free blocks of a span, each with the next one. Returns the first; 0 = none. */
function freeListOf({ first, kind, live }: Kept, made: number, size: number, freeBlocks: number[]): number {
  let next = 0;
  for (let block = made - 1; block >= 0; block--) {
    if (live[block] !== 0) continue;
    const address = first * PAGE_SIZE + block * size + prefixOf(kind);
    freeBlocks.push(address, next);
    next = address;
  }
  return next;
}
