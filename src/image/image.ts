import { PAGE_SIZE, PAYLOAD_OFFSET } from "../../assembly/layout.js";
import { BadImageError } from "../base/errors.js";
import { SAVED_PLACES } from "../wasm/control-fields.js";
import {
  BLOCK_LINKED,
  BITMAPS_SHIFT,
  BOOTSTRAP_BITMAPS,
  BOOTSTRAP_DESCRIPTORS,
  CLASS_COUNT,
  CLASS_SIZES,
  DESCRIPTORS_SHIFT,
  GUARD_SIZE,
  MAX_PAGES,
  PAGE_FREE,
  PAGE_LARGE,
  PAGE_SPAN,
  PAGE_TABLE,
  SPAN_PAGES,
} from "../wasm/core-layout.js";
import type { ControlValues } from "../wasm/control-fields.js";
import { align, readFrame, wordsOf } from "./format.js";
import type { Frame, SectionName } from "./format.js";
import { decodeMeta } from "./meta.js";
import type { Meta, TypePlan } from "./meta.js";
import { prefixOf, shapesOf } from "./types.js";
import type { TypeShape } from "./types.js";

/** Words of a row of RUNS: span, state and kind; size class and blocks made; first free block, or bytes stored. */
export const RUN_WORDS = 3;
/** Words of the rows of HAND, SATU and SITE. */
export const HANDLE_WORDS = 2;
export const SATURATED_WORDS = 2;
export const SITE_WORDS = 3;

/** The heap of a host's core begins in the first pages of memory. */
const MAX_FIRST_PAGE = 512;

/** A run of pages: a row of RUNS, and the values derived from it. */
export interface Run {
  /** Number of its first page. */
  readonly first: number;
  readonly pages: number;
  readonly state: number;
  readonly kind: number;
  readonly sizeClass: number;
  /** Blocks that were ever handed out, live or free. */
  readonly made: number;
  /** Bytes of a block. */
  readonly blockSize: number;
  /** First free block, as an object's address; 0 = none. */
  readonly free: number;
  /** Bytes of the run that the image contains. The rest of the run is zeros. */
  readonly stored: number;
  /** Where the stored bytes begin, as an index of `Image.words`. */
  readonly start: number;
}

/** How many pages a heap of this size uses for descriptors and for bitmaps: see assembly/memory/tables.ts. */
export function tablePagesOf(firstPage: number, endPage: number): { descriptors: number; bitmaps: number } {
  const parts = (shift: number, bootstrap: number): number =>
    endPage <= firstPage + bootstrap ? 0 : ((endPage - 1) >>> shift) + 1 - (firstPage >>> shift);
  return {
    descriptors: parts(DESCRIPTORS_SHIFT, BOOTSTRAP_DESCRIPTORS),
    bitmaps: parts(BITMAPS_SHIFT, BOOTSTRAP_BITMAPS),
  };
}

/**
 * A parsed image: its runs of pages are plausible, and any stored word can be read by address. The content of the pages
 * is not checked yet: see `checkImage`.
 */
export class Image {
  readonly frame: Frame;
  readonly isChecked: boolean;
  readonly words: Uint32Array;
  readonly meta: Meta;
  readonly plans: readonly TypePlan[];
  readonly types: readonly TypeShape[];
  readonly control: ControlValues;
  /** The first object of generation 0, and of 1; 0 = none. */
  readonly young: readonly [number, number];
  readonly runs: readonly Run[];
  /** For each page from `firstPage` on: the run that it belongs to, as an index of `runs`. */
  readonly runOfPage: Uint32Array;
  /** For each page of a stored run: where its bytes begin in `words`. */
  readonly pageStart: Uint32Array;
  /** Guard bytes at the end of each block, which belong to no object. */
  readonly guard: number;

  /** @throws {@link BadImageError} */
  constructor(bytes: Uint8Array, hasChecksums = true) {
    const frame = readFrame(bytes, hasChecksums);
    this.frame = frame;
    this.words = frame.words;
    this.isChecked = frame.isChecked;
    this.guard = frame.isChecked ? GUARD_SIZE : 0;
    const { meta, plans } = decodeMeta(frame.sections.META.bytes, frame.sections.META.offset);
    this.meta = meta;
    this.plans = plans;
    this.types = shapesOf(plans);
    const { control, young } = this.#readControl();
    this.control = control;
    this.young = young;
    this.runOfPage = new Uint32Array(control.endPage);
    this.pageStart = new Uint32Array(control.endPage);
    this.runs = this.#readRuns();
  }

  /** An error about a section. `word` is an index in the section. */
  error(section: SectionName, message: string, word = 0): BadImageError {
    return new BadImageError(message, this.frame.sections[section].offset + 4 * word);
  }

  /** An error about the content of an address in a stored page. */
  errorAt(address: number, message: string): BadImageError {
    return new BadImageError(`${message}, 0x${address.toString(16)}`, 4 * this.at(address));
  }

  /** Index in `words` of an address in a stored page. */
  at(address: number): number {
    return (this.pageStart[address >>> 16] as number) + ((address & 0xffff) >>> 2);
  }

  /** The word at an address in a stored page. */
  word(address: number): number {
    return this.words[this.at(address)] as number;
  }

  /** The run that contains an address of the heap. */
  runAt(address: number): Run {
    return this.runs[this.runOfPage[address >>> 16] as number] as Run;
  }

  /** Bytes of payload that fit a block of a run. */
  room(run: Run): number {
    return run.blockSize - this.guard - prefixOf(run.kind) - PAYLOAD_OFFSET;
  }

  /** Bytes of payload that the image contains: of a large block, only the bytes in use. */
  storedRoom(run: Run): number {
    if (run.state !== PAGE_LARGE) return this.room(run);
    return Math.min(this.room(run), run.stored - prefixOf(run.kind) - PAYLOAD_OFFSET);
  }

  /** Rows of a section, as words. */
  rows(section: SectionName, rowWords: number): Uint32Array {
    return wordsOf(this.frame, section, rowWords);
  }

  #readControl(): { control: ControlValues; young: [number, number] } {
    const words = this.rows("CTRL", 1);
    const values: Partial<ControlValues> = {};
    let at = 0;
    for (const { field, bytes, isSigned } of SAVED_PLACES) {
      const low = words[at] ?? 0;
      const value = bytes === 8 ? (words[at + 1] ?? 0) * 2 ** 32 + low : isSigned ? low | 0 : low;
      if (value > Number.MAX_SAFE_INTEGER) throw this.error("CTRL", `${field} is too large`, at);
      values[field] = value;
      at += bytes / 4;
    }
    if (words.length !== at + 2) throw this.error("CTRL", "the control block has another length");
    const control = values as ControlValues;
    const { firstPage, endPage, limitPage } = control;
    if (
      firstPage < 1 ||
      firstPage >= MAX_FIRST_PAGE ||
      endPage <= firstPage ||
      endPage > limitPage ||
      limitPage > MAX_PAGES
    )
      throw this.error("CTRL", "the pages of the heap are no range");
    return { control, young: [words[at] as number, words[at + 1] as number] };
  }

  #readRuns(): Run[] {
    const { firstPage, endPage } = this.control;
    const rows = this.rows("RUNS", RUN_WORDS);
    const pages = this.frame.sections.PAGE;
    const runs: Run[] = [];
    let first = firstPage;
    let offset = pages.offset;
    let tables = 0;
    let lastWasFree = false;
    for (let row = 0; row < rows.length; row += RUN_WORDS) {
      const run = this.#readRun(rows, row, first, offset >>> 2);
      if (run.pages === 0 || run.pages > endPage - first) throw this.error("RUNS", "a run leaves the heap", row);
      if (lastWasFree && run.state === PAGE_FREE) throw this.error("RUNS", "two free runs lie side by side", row);
      lastWasFree = run.state === PAGE_FREE;
      if (run.state === PAGE_TABLE) tables++;
      if (run.state === PAGE_TABLE && run.pages !== 1) throw this.error("RUNS", "a table has more than a page", row);
      this.runOfPage.fill(runs.length, first, first + run.pages);
      if (run.stored > 0)
        for (let i = 0; i < run.pages; i++) this.pageStart[first + i] = run.start + (i * PAGE_SIZE) / 4;
      runs.push(run);
      first += run.pages;
      offset += align(run.stored);
      if (offset - pages.offset > pages.bytes.length) throw this.error("RUNS", "a run has no bytes", row);
    }
    if (first !== endPage) throw this.error("RUNS", "the runs do not fill the heap");
    if (offset - pages.offset !== pages.bytes.length) throw this.error("PAGE", "there are bytes of no run");
    const { descriptors, bitmaps } = tablePagesOf(firstPage, endPage);
    if (tables !== descriptors + bitmaps)
      throw this.error("RUNS", `there are ${tables} pages of tables instead of ${descriptors + bitmaps}`);
    return runs;
  }

  #readRun(rows: Uint32Array, row: number, first: number, start: number): Run {
    const [head, shape, last] = [rows[row] as number, rows[row + 1] as number, rows[row + 2] as number];
    const pages = head & 0xffff;
    const state = (head >>> 16) & 0xff;
    const kind = head >>> 24;
    const made = shape >>> 8;
    const sizeClass = shape & 0xff;
    const nothing = { first, pages, state, kind, sizeClass, made: 0, blockSize: 0, free: 0, stored: 0, start };
    const isPlain = shape === 0 && last === 0 && kind === 0;
    if ((state === PAGE_FREE || state === PAGE_TABLE) && isPlain) return nothing;
    if (kind > BLOCK_LINKED) throw this.error("RUNS", "a run has blocks of unknown kind", row);
    if (state === PAGE_LARGE && shape === 0) {
      const stored = last;
      if (stored < 16 || stored % 16 !== 0 || stored > pages * PAGE_SIZE)
        throw this.error("RUNS", "a large block has more or less bytes than it can", row);
      return { ...nothing, made: 1, blockSize: pages * PAGE_SIZE, stored };
    }
    if (state !== PAGE_SPAN || sizeClass >= CLASS_COUNT) throw this.error("RUNS", "a run is of no known state", row);
    const blockSize = CLASS_SIZES[sizeClass] as number;
    if (pages !== 1 && pages !== SPAN_PAGES[sizeClass]) throw this.error("RUNS", "a span has too many pages", row);
    if (made > Math.floor((pages * PAGE_SIZE) / blockSize)) throw this.error("RUNS", "a span has too many blocks", row);
    return { ...nothing, made, blockSize, free: last, stored: made * blockSize };
  }
}

/** The address of the object in block `index` of a run. */
export function addressOf(run: Run, index: number): number {
  return run.first * PAGE_SIZE + index * run.blockSize + prefixOf(run.kind);
}
