/**
 * Writing an image: the pages of a heap as they are, but for what nobody can see, which becomes zeros: free blocks (their
 * link apart), memory behind the content of a block, the unused ends of buffers, cached hashes, the links of objects
 * in no list. So an image has nothing of what was freed, and two heaps that behave alike have equal images.
 */
import {
  BUFFER_DATA_OFFSET,
  FLAG_OLD,
  FLAG_TRACKED,
  INFO_OFFSET,
  KIND_LIST,
  KIND_TABLE,
  PAGE_SIZE,
  PAYLOAD_OFFSET,
  ROOTS_SATURATED,
  ROOTS_SHIFT,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  STR_BYTES_OFFSET,
  STR_HASH_OFFSET,
  STR_LENGTH_OFFSET,
  TABLE_LOG_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BUFFER,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_MASK,
  TYPE_STR,
  TYPE_TUPLE,
} from "../../assembly/layout.js";
import { Checksum, checksumOf } from "./checksum.js";
import {
  CLASSES_OFFSET,
  CLASS_COUNT,
  CLASS_RECORD_SIZE,
  CLASS_SIZES,
  DESCRIPTORS_OFFSET,
  DESCRIPTORS_SHIFT,
  DESCRIPTOR_SIZE,
  GENERATION_OFFSETS,
  PAGE_LARGE,
  PAGE_SPAN,
  SAVED_PLACES,
  tableBufferBytes,
  tableCapacity,
  TABLE_BUFFERS,
} from "../wasm/core-layout.js";
import type { ControlValues } from "../wasm/core-layout.js";
import { readControl } from "./control.js";
import { SECTIONS, align, makeHeader, placeSections } from "./format.js";
import { encodeMeta } from "./meta.js";
import type { Meta } from "./meta.js";
import { prefixOf } from "./types.js";
import type { TypeShape } from "./types.js";

/** A heap to be saved. */
export interface SavedHeap {
  readonly memory: WebAssembly.Memory;
  /** Address of the control block. */
  readonly controlBlock: number;
  readonly isChecked: boolean;
  /** The shapes of all types, by id. */
  readonly types: readonly TypeShape[];
  readonly meta: Meta;
  /** Rows of HAND. */
  readonly handles: Uint32Array;
  /** Rows of SITE. */
  readonly sites: Uint32Array;
  /** Outside references of an object, exactly. */
  rootsOf(object: number): number;
}

/** A run of pages that serves objects, and where its bytes go. */
interface Piece {
  readonly first: number;
  readonly kind: number;
  readonly made: number;
  readonly blockSize: number;
  readonly stored: number;
  /** In PAGE. */
  readonly offset: number;
}

/** Most bytes of a chunk of an image that is streamed, unless a single block is larger. */
const CHUNK_SIZE = 1 << 22;
/** Pages that a part of the table of descriptors is about. */
const PART_PAGES = 1 << DESCRIPTORS_SHIFT;

/** The image as one array. @throws {@link RangeError} if the engine has none that long. */
export function saveImage(heap: SavedHeap): Uint8Array<ArrayBuffer> {
  return new Saver(heap).whole();
}

/** The same in pieces of some megabytes. All are of this moment: what happens to the heap later does not show. */
export function saveImageChunks(heap: SavedHeap): Uint8Array<ArrayBuffer>[] {
  return new Saver(heap).chunks();
}

class Saver {
  readonly #heap: SavedHeap;
  readonly #u32: Uint32Array;
  readonly #u8: Uint8Array;
  readonly #control: ControlValues;
  readonly #runRows: number[] = [];
  readonly #pieces: Piece[] = [];
  /** For each page its piece. */
  readonly #pieceOfPage: Uint32Array;
  readonly #pageBytes: number;
  /** Where the bytes of each piece go, as words. */
  readonly #targets: Uint32Array[] = [];
  /** Addresses of the lists and tables. */
  readonly #owners: number[] = [];

  constructor(heap: SavedHeap) {
    this.#heap = heap;
    this.#u32 = new Uint32Array(heap.memory.buffer);
    this.#u8 = new Uint8Array(heap.memory.buffer);
    this.#control = readControl(this.#u32, heap.controlBlock);
    this.#pieceOfPage = new Uint32Array(this.#control.endPage);
    this.#pageBytes = this.#readRuns();
  }

  whole(): Uint8Array<ArrayBuffer> {
    const small = this.#smallSections();
    const sizes = [...small.map((section) => section.length), this.#pageBytes];
    const { offsets, end } = placeSections(sizes);
    const file = new Uint8Array(end);
    const pages = file.subarray(offsets.at(-1));
    this.#copyPages([pages]);
    small.forEach((section, index) => {
      file.set(section, offsets[index]);
    });
    file.set(makeHeader(this.#heap.isChecked, sizes, [...small.map(checksumOf), checksumOf(pages)]));
    return file;
  }

  chunks(): Uint8Array<ArrayBuffer>[] {
    const small = this.#smallSections();
    const sizes = [...small.map((section) => section.length), this.#pageBytes];
    const { offsets } = placeSections(sizes);
    const pages = this.#chunkSizes().map((size) => new Uint8Array(size));
    this.#copyPages(pages);
    const head = new Uint8Array(offsets.at(-1) as number);
    small.forEach((section, index) => {
      head.set(section, offsets[index]);
    });
    const checksum = new Checksum();
    for (const chunk of pages) checksum.add(chunk);
    head.set(makeHeader(this.#heap.isChecked, sizes, [...small.map(checksumOf), checksum.end()]));
    return [head, ...pages];
  }

  /** All but PAGE. */
  #smallSections(): Uint8Array[] {
    const { meta, handles, sites } = this.#heap;
    const sections = {
      META: encodeMeta(meta),
      CTRL: bytesOf(this.#controlRow()),
      RUNS: bytesOf(this.#runRows),
      ORDR: bytesOf(this.#order()),
      HAND: bytesOf(handles),
      SATU: bytesOf(this.#saturated()),
      SITE: bytesOf(sites),
    };
    return SECTIONS.slice(0, -1).map((name) => sections[name as keyof typeof sections]);
  }

  #controlRow(): number[] {
    const row: number[] = [];
    for (const { field, bytes } of SAVED_PLACES) {
      const value = this.#control[field];
      row.push(value);
      if (bytes === 8) row.push(Math.floor(value / 2 ** 32));
    }
    return [...row, ...this.#heads().map((head) => this.#empty(head, this.#word(head - 8)))];
  }

  /** Heads of the lists of generations 0 and 1. */
  #heads(): number[] {
    return GENERATION_OFFSETS.map((offset) => this.#heap.controlBlock + offset);
  }
  #empty(head: number, link: number): number {
    return link === head ? 0 : link;
  }

  #word(address: number): number {
    return this.#u32[address >>> 2] as number;
  }

  /** Index in `u32` of the descriptor of a page. */
  #descriptor(page: number): number {
    const part = this.#word(this.#heap.controlBlock + DESCRIPTORS_OFFSET + (page >>> DESCRIPTORS_SHIFT) * 4);
    return (part + (page & (PART_PAGES - 1)) * DESCRIPTOR_SIZE) >>> 2;
  }

  /** Finds the runs of pages, and what there is to store of each. Bytes in all. */
  #readRuns(): number {
    const { firstPage, endPage } = this.#control;
    const large = this.#largeBuffers();
    let offset = 0;
    for (let page = firstPage; page < endPage;) {
      const at = this.#descriptor(page);
      const [free, fresh] = [this.#u32[at] as number, this.#u32[at + 1] as number];
      const state = (this.#u32[at + 6] as number) & 0xff;
      const kind = ((this.#u32[at + 6] as number) >>> 8) & 0xff;
      const sizeClass = ((this.#u32[at + 6] as number) >>> 16) & 0xff;
      const span = (this.#u32[at + 7] as number) & 0xffff;
      const start = page * PAGE_SIZE;
      const piece = { first: page, made: 1, kind, blockSize: span * PAGE_SIZE, stored: 0, offset };
      if (state === PAGE_SPAN) {
        const blockSize = CLASS_SIZES[sizeClass] as number;
        const made = (fresh - prefixOf(kind) - start) / blockSize;
        this.#addRun([span | (state << 16) | (kind << 24), sizeClass | (made << 8), free]);
        this.#addPiece({ ...piece, made, blockSize, stored: made * blockSize }, span);
        offset += align(made * blockSize);
      } else if (state === PAGE_LARGE) {
        const object = start + prefixOf(kind);
        const used = prefixOf(kind) + PAYLOAD_OFFSET + (large.get(object) ?? this.#payloadOf(this.#u32, object >>> 2));
        const stored = align(Math.max(used, 16));
        this.#addRun([span | (state << 16) | (kind << 24), 0, stored]);
        this.#addPiece({ ...piece, stored }, span);
        offset += stored;
      } else this.#addRun([span | (state << 16), 0, 0]);
      page += span;
    }
    return offset;
  }

  #addRun(row: number[]): void {
    this.#runRows.push(...row);
  }
  #addPiece(piece: Piece, pages: number): void {
    this.#pieceOfPage.fill(this.#pieces.length, piece.first, piece.first + pages);
    this.#pieces.push(piece);
  }

  /** Buffers with pages of their own, and how many bytes of them mean something. */
  #largeBuffers(): Map<number, number> {
    const { firstPage, endPage } = this.#control;
    const found = new Map<number, number>();
    const { types } = this.#heap;
    let hasLarge = false;
    for (let page = firstPage; page < endPage; page += (this.#u32[this.#descriptor(page) + 7] as number) & 0xffff)
      hasLarge ||= ((this.#u32[this.#descriptor(page) + 6] as number) & 0xffff) === PAGE_LARGE;
    if (!hasLarge) return found;
    for (let page = firstPage; page < endPage;) {
      const at = this.#descriptor(page);
      const shape = this.#u32[at + 6] as number;
      const span = (this.#u32[at + 7] as number) & 0xffff;
      if ((shape & 0xffff) === (PAGE_SPAN | (1 << 8))) {
        const stride = (CLASS_SIZES[(shape >>> 16) & 0xff] as number) >>> 2;
        const fresh = (this.#u32[at + 1] as number) >>> 2;
        for (let object = (page * PAGE_SIZE + 8) >>> 2; object < fresh; object += stride) {
          const kind = types[(this.#u32[object + 1] as number) & TYPE_MASK]?.kind ?? 0;
          if (kind < KIND_LIST) continue;
          const buffer = this.#u32[object + SLOTS_BUFFER_OFFSET / 4] as number;
          if (buffer === 0) continue;
          const state = (this.#u32[this.#descriptor(buffer >>> 16) + 6] as number) & 0xff;
          if (state === PAGE_LARGE) found.set(buffer, this.#bufferBytes(this.#u32, object));
        }
      }
      page += span;
    }
    for (const buffer of this.#tableBuffers()) found.set(buffer, 0);
    return found;
  }

  /** Buffers of the heap's own tables, which are made anew. */
  #tableBuffers(): number[] {
    const control = this.#control;
    return TABLE_BUFFERS.map((field) => control[field]).filter((buffer) => buffer !== 0);
  }

  /** Bytes of the buffer of a list or table that mean something. `at` is its index in `words`. */
  #bufferBytes(words: Uint32Array, at: number): number {
    const id = (words[at + 1] as number) & TYPE_MASK;
    if (this.#heap.types[id]?.kind === KIND_LIST) return (words[at + SLOTS_COUNT_OFFSET / 4] as number) * 4;
    return tableBufferBytes((words[at + TABLE_LOG_OFFSET / 4] as number) & 0xff, id === TYPE_DICT ? 2 : 1);
  }

  /** Bytes of payload of an object that mean something. */
  #payloadOf(words: Uint32Array, at: number): number {
    const id = (words[at + 1] as number) & TYPE_MASK;
    if (id === TYPE_STR || id === TYPE_BYTES)
      return STR_BYTES_OFFSET - PAYLOAD_OFFSET + (words[at + STR_LENGTH_OFFSET / 4] as number);
    if (id === TYPE_TUPLE)
      return TUPLE_ITEMS_OFFSET - PAYLOAD_OFFSET + (words[at + TUPLE_LENGTH_OFFSET / 4] as number) * 4;
    return (this.#heap.types[id] as TypeShape).payload;
  }

  #chunkSizes(): number[] {
    const sizes: number[] = [];
    let size = 0;
    for (const { stored } of this.#pieces) {
      if (size > 0 && size + stored > CHUNK_SIZE) {
        sizes.push(size);
        size = 0;
      }
      size += align(stored);
    }
    if (size > 0) sizes.push(size);
    return sizes;
  }

  /** Copies all pieces to the chunks, which are as `chunkSizes` says or one, and cleans them there. */
  #copyPages(chunks: readonly Uint8Array[]): void {
    let chunk = 0;
    let offset = 0;
    for (const piece of this.#pieces) {
      if (piece.stored > 0 && offset === (chunks[chunk] as Uint8Array).length) {
        chunk++;
        offset = 0;
      }
      const into = (chunks[chunk] as Uint8Array).subarray(offset, offset + align(piece.stored));
      const start = piece.first * PAGE_SIZE;
      into.set(this.#u8.subarray(start, start + piece.stored));
      this.#targets.push(new Uint32Array(into.buffer, into.byteOffset, into.length / 4));
      offset += align(piece.stored);
    }
    this.#pieces.forEach((piece, index) => {
      this.#cleanBlocks(piece, this.#targets[index] as Uint32Array);
    });
    for (const owner of this.#owners) this.#cleanBuffer(owner);
    for (const buffer of this.#tableBuffers()) this.#clearBuffer(buffer, 0);
  }

  #cleanBlocks({ first, kind, made, blockSize, stored }: Piece, words: Uint32Array): void {
    const { types } = this.#heap;
    const [head0, head1] = this.#heads() as [number, number];
    const prefix = prefixOf(kind) >>> 2;
    const stride = made === 1 ? stored >>> 2 : blockSize >>> 2;
    const room = stride - prefix;
    for (let block = 0, at = prefix; block < made; block++, at += stride) {
      const info = words[at + INFO_OFFSET / 4] as number;
      const id = info & TYPE_MASK;
      let used: number;
      if (id === 0) {
        used = 1;
        if (prefix > 0) words[at - 1] = words[at - 2] = 0;
      } else if (id === TYPE_BUFFER) continue;
      else if (id === TYPE_STR || id === TYPE_BYTES) {
        words[at + STR_HASH_OFFSET / 4] = 0;
        used = cleanText(words, at);
      } else {
        const type = types[id] as TypeShape;
        used = id === TYPE_TUPLE ? (PAYLOAD_OFFSET + this.#payloadOf(words, at)) >>> 2 : 2 + (type.payload >>> 2);
        if (prefix > 0) {
          if (type.kind === KIND_LIST || type.kind === KIND_TABLE) this.#owners.push(first * PAGE_SIZE + (at << 2));
          if ((info & FLAG_TRACKED) === 0) words[at - 1] = words[at - 2] = 0;
          else if ((info & FLAG_OLD) === 0) {
            const next = words[at - 2] as number;
            const prev = words[at - 1] as number;
            if (next === head0 || next === head1) words[at - 2] = 0;
            if (prev === head0 || prev === head1) words[at - 1] = 0;
          }
        }
      }
      if (used < room) clear(words, at + used, at + room);
    }
  }

  /** Clears what is behind the content of a list's or table's buffer, and between its parts. */
  #cleanBuffer(owner: number): void {
    const source = this.#u32;
    const at = owner >>> 2;
    const buffer = source[at + SLOTS_BUFFER_OFFSET / 4] as number;
    if (buffer === 0) return;
    const bytes = this.#bufferBytes(source, at);
    this.#clearBuffer(buffer, bytes);
    const id = (source[at + 1] as number) & TYPE_MASK;
    if (this.#heap.types[id]?.kind === KIND_LIST) return;
    const width = id === TYPE_DICT ? 2 : 1;
    const capacity = tableCapacity((source[at + TABLE_LOG_OFFSET / 4] as number) & 0xff);
    const slots = source[at + SLOTS_COUNT_OFFSET / 4] as number;
    const { words, start } = this.#place(buffer);
    clear(words, start + slots, start + capacity * width);
    const hashes = start + capacity * width;
    clear(words, hashes + slots / width, hashes + capacity);
  }

  /** Clears a buffer's block behind so many bytes of data, a multiple of 4. */
  #clearBuffer(buffer: number, bytes: number): void {
    const { words, start, end } = this.#place(buffer);
    clear(words, start + (bytes >>> 2), end);
  }

  /** Where a buffer's data begin, and where its block ends, in what was copied. */
  #place(buffer: number): { words: Uint32Array; start: number; end: number } {
    const index = this.#pieceOfPage[buffer >>> 16] as number;
    const { first, blockSize, made, stored } = this.#pieces[index] as Piece;
    const at = (buffer - first * PAGE_SIZE) >>> 2;
    const size = made === 1 ? Math.min(blockSize, align(stored)) : blockSize;
    return {
      words: this.#targets[index] as Uint32Array,
      start: at + BUFFER_DATA_OFFSET / 4,
      end: at + (size >>> 2),
    };
  }

  /** How spans with room are listed: of each size class the leaf and the linked ones. */
  #order(): number[] {
    const order: number[] = [];
    const { controlBlock } = this.#heap;
    const pageOfDescriptor = this.#pagesOfDescriptors();
    for (let index = 0; index < CLASS_COUNT; index++) {
      for (let kind = 0; kind < 2; kind++) {
        const head = controlBlock + CLASSES_OFFSET + index * CLASS_RECORD_SIZE + 4 * kind;
        const pages: number[] = [];
        for (let span = this.#word(head); span !== 0; span = this.#word(span + 16)) pages.push(pageOfDescriptor(span));
        addList(order, pages);
      }
    }
    return order;
  }

  /** Number of the page that a descriptor is of. */
  #pagesOfDescriptors(): (descriptor: number) => number {
    const { firstPage, endPage } = this.#control;
    const firstPart = firstPage >>> DESCRIPTORS_SHIFT;
    const parts = Array.from(
      { length: ((endPage - 1) >>> DESCRIPTORS_SHIFT) + 1 - firstPart },
      (_, i) => 4 * this.#descriptor((firstPart + i) << DESCRIPTORS_SHIFT),
    );
    return (descriptor) => {
      const index = parts.findIndex((part) => descriptor >= part && descriptor < part + PAGE_SIZE);
      const place = (descriptor - (parts[index] as number)) / DESCRIPTOR_SIZE;
      return ((firstPart + index) << DESCRIPTORS_SHIFT) + place;
    };
  }

  /** Objects whose header cannot hold how many outside references they have, by address; immortals have none. */
  #saturated(): number[] {
    const rows: number[] = [];
    const { rootsMapBuffer, rootsMapCapacity } = this.#control;
    if (rootsMapBuffer === 0) return rows;
    const start = (rootsMapBuffer + BUFFER_DATA_OFFSET) >>> 2;
    const objects: number[] = [];
    for (let i = 0; i < rootsMapCapacity; i++) {
      const object = this.#u32[start + 2 * i] as number;
      if (object !== 0 && this.#word(object + INFO_OFFSET) >>> ROOTS_SHIFT === ROOTS_SATURATED) objects.push(object);
    }
    for (const object of objects.sort((a, b) => a - b)) rows.push(object, this.#heap.rootsOf(object));
    return rows;
  }
}

/** Clears the words `[start, end)`. */
function clear(words: Uint32Array, start: number, end: number): void {
  if (end - start > 16) words.fill(0, start, end);
  else for (let i = start; i < end; i++) words[i] = 0;
}

/** Clears what is behind the text in its last word. Words that the object takes. */
function cleanText(words: Uint32Array, at: number): number {
  const length = words[at + STR_LENGTH_OFFSET / 4] as number;
  const end = at + ((STR_BYTES_OFFSET + length) >>> 2);
  const over = length & 3;
  if (over === 0) return end - at;
  words[end] = (words[end] as number) & ((1 << (8 * over)) - 1);
  return end - at + 1;
}

function addList(order: number[], pages: readonly number[]): void {
  order.push(pages.length);
  for (const page of pages) order.push(page);
}

function bytesOf(numbers: readonly number[] | Uint32Array): Uint8Array {
  const words = Uint32Array.from(numbers);
  return new Uint8Array(words.buffer);
}
