/**
 * Decides where each block goes: blocks of one size class and kind side by side, in address order, in the lowest pages.
 * Only the last span of a class and kind has room.
 */
import { PAGE_SIZE, SMALL_INT_MAX, SMALL_INT_MIN, TYPE_MASK } from "../../../assembly/layout.js";
import { CLASS_COUNT, CLASS_SIZES, PAGE_LARGE, PAGE_SPAN, PAGE_TABLE, SPAN_PAGES } from "../../wasm/core-layout.js";
import { align } from "../format.js";
import { addressOf, tablePagesOf } from "../image.js";
import type { Run } from "../image.js";
import { prefixOf } from "../types.js";
import { Forwards } from "./forwards.js";
import type { BlockSource } from "./source.js";

/** The pages of the compacted heap. */
export interface Plan {
  readonly forwards: Forwards;
  /** Rows of RUNS, and the section ORDR. */
  readonly rows: readonly number[];
  readonly order: readonly number[];
  /** For each page with blocks: where its bytes begin, in words from the start of the section PAGE. */
  readonly pageStart: Uint32Array;
  /** Bytes of the section PAGE. */
  readonly bytes: number;
  readonly pagesInUse: number;
  readonly endPage: number;
  /** The free blocks, each with the next one in the list of its span. */
  readonly freeBlocks: readonly number[];
}

/** Blocks of one size class and kind. */
interface Group {
  readonly sizeClass: number;
  readonly kind: number;
  count: number;
  /** First pages of its spans, and how many blocks fit each. */
  readonly spans: { first: number; fit: number }[];
  /** The span that takes the next block, and how many it has taken. */
  span: number;
  taken: number;
}

export function planCompaction(source: BlockSource): Plan {
  return new Planner(source).run();
}

class Planner {
  readonly #source: BlockSource;
  readonly #forwards: Forwards;
  readonly #rows: number[] = [];
  readonly #starts: number[] = [];
  #page: number;
  #bytes = 0;
  #pagesInUse = 0;

  constructor(source: BlockSource) {
    this.#source = source;
    this.#forwards = new Forwards(source);
    this.#page = source.control.firstPage;
  }

  run(): Plan {
    const groups = this.#count();
    for (const group of groups) this.#placeSpans(group);
    this.#assign(groups);
    const { firstPage } = this.#source.control;
    // The tables of the pages, themselves included.
    let endPage = this.#page;
    for (let before = 0; before !== endPage;) {
      before = endPage;
      const { descriptors, bitmaps } = tablePagesOf(firstPage, endPage);
      endPage = this.#page + descriptors + bitmaps;
    }
    for (let page = this.#page; page < endPage; page++) this.#rows.push(1 | (PAGE_TABLE << 16), 0, 0);
    const pageStart = new Uint32Array(endPage);
    pageStart.set(this.#starts, firstPage);
    return {
      forwards: this.#forwards,
      rows: this.#rows,
      order: orderOf(groups),
      pageStart,
      bytes: this.#bytes,
      pagesInUse: this.#pagesInUse,
      endPage,
      freeBlocks: [],
    };
  }

  /** Counts the live blocks of each size class and kind. */
  #count(): Group[] {
    const groups = Array.from({ length: 2 * CLASS_COUNT }, (_, index): Group => {
      return { sizeClass: index >>> 1, kind: index & 1, count: 0, spans: [], span: 0, taken: 0 };
    });
    const { words } = this.#source;
    for (const run of this.#source.runs) {
      if (run.state !== PAGE_SPAN) continue;
      const group = groups[2 * run.sizeClass + run.kind] as Group;
      const stride = run.blockSize >>> 2;
      let at = run.start + (prefixOf(run.kind) >>> 2) + 1;
      for (let block = 0; block < run.made; block++, at += stride)
        if (((words[at] as number) & TYPE_MASK) !== 0) group.count++;
    }
    return groups;
  }

  /** Takes pages for the blocks of a group: whole spans, then the fewest pages that the rest fits. */
  #placeSpans(group: Group): void {
    const size = CLASS_SIZES[group.sizeClass] as number;
    const pages = SPAN_PAGES[group.sizeClass] as number;
    const fit = Math.floor((pages * PAGE_SIZE) / size);
    const fitOne = Math.floor(PAGE_SIZE / size);
    for (let left = group.count; left > 0;) {
      const isWhole = left > fitOne * (pages - 1);
      const made = Math.min(left, isWhole ? fit : fitOne);
      const span = isWhole ? pages : 1;
      group.spans.push({ first: this.#page, fit: isWhole ? fit : fitOne });
      this.#takePages(span, PAGE_SPAN, group.kind, group.sizeClass | (made << 8), made * size);
      left -= made;
    }
  }

  #takePages(pages: number, state: number, kind: number, shape: number, stored: number): void {
    this.#rows.push(pages | (state << 16) | (kind << 24), shape, state === PAGE_LARGE ? stored : 0);
    for (let i = 0; i < pages; i++) this.#starts.push((this.#bytes + i * PAGE_SIZE) >>> 2);
    this.#bytes += align(stored);
    this.#page += pages;
    this.#pagesInUse += pages;
  }

  /** Gives each live block its new address. */
  #assign(groups: readonly Group[]): void {
    const { runs, runOfPage, words, control } = this.#source;
    // They must lie in consecutive blocks of one span, so they come first.
    const index = runOfPage[control.smallInts >>> 16] as number;
    const ofInts = runs[index] as Run;
    const firstInt = (control.smallInts - addressOf(ofInts, 0)) / ofInts.blockSize;
    const group = groups[2 * ofInts.sizeClass + ofInts.kind] as Group;
    const targets = this.#forwards.ofRun(index);
    for (let i = 0; i <= SMALL_INT_MAX - SMALL_INT_MIN; i++) targets[firstInt + i] = nextPlace(group);
    runs.forEach((run, index) => {
      if (run.made === 0) return;
      const targets = this.#forwards.ofRun(index);
      if (run.state === PAGE_LARGE) {
        targets[0] = this.#page * PAGE_SIZE + prefixOf(run.kind);
        this.#takePages(run.pages, PAGE_LARGE, run.kind, 0, run.stored);
        return;
      }
      const group = groups[2 * run.sizeClass + run.kind] as Group;
      const stride = run.blockSize >>> 2;
      let at = run.start + (prefixOf(run.kind) >>> 2) + 1;
      for (let block = 0; block < run.made; block++, at += stride)
        if (((words[at] as number) & TYPE_MASK) !== 0 && targets[block] === 0) targets[block] = nextPlace(group);
    });
  }
}

/** The next address for an object of a group. */
function nextPlace(group: Group): number {
  let span = group.spans[group.span] as { first: number; fit: number };
  if (group.taken === span.fit) {
    span = group.spans[++group.span] as { first: number; fit: number };
    group.taken = 0;
  }
  const size = CLASS_SIZES[group.sizeClass] as number;
  return span.first * PAGE_SIZE + group.taken++ * size + prefixOf(group.kind);
}

/** ORDR: of each class and kind, the last span, if it has room. */
function orderOf(groups: readonly Group[]): number[] {
  return groups.flatMap(({ count, spans }) => {
    const room = spans.reduce((sum, { fit }) => sum + fit, 0) - count;
    return room > 0 ? [1, (spans.at(-1) as { first: number }).first] : [0];
  });
}
