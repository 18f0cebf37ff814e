/**
 * Writes an image: the pages of a heap unchanged, but with zeros over everything that no program can read (clean-copy.ts).
 * So an image contains nothing that was freed, and two heaps that behave alike have equal images.
 */
import { PAGE_SIZE } from "../../assembly/layout.js";
import {
  CLASSES_OFFSET,
  CLASS_COUNT,
  CLASS_RECORD_SIZE,
  DESCRIPTORS_SHIFT,
  DESCRIPTOR_SIZE,
} from "../wasm/core-layout.js";
import { Checksum, checksumOf } from "./checksum.js";
import { copyPages } from "./clean-copy.js";
import { SECTIONS, align, makeHeader, placeSections } from "./format.js";
import { LiveMemory } from "./live-memory.js";
import type { LiveHeap } from "./live-memory.js";
import { encodeMeta } from "./meta.js";
import type { Meta } from "./meta.js";
import { findPieces } from "./pieces.js";
import type { Pieces } from "./pieces.js";
import { bytesOf, controlRow, firstOfYoung, saturatedRows } from "./rows.js";

/** A heap to be saved. */
export interface SavedHeap extends LiveHeap {
  readonly isChecked: boolean;
  readonly meta: Meta;
  /** Rows of HAND. */
  readonly handles: Uint32Array;
  /** Rows of SITE. */
  readonly sites: Uint32Array;
  /** The exact number of outside references to an object. */
  rootsOf(object: number): number;
}

/** Maximal size of a chunk of a streamed image. A larger block gets a chunk of its own size. */
const CHUNK_SIZE = 1 << 22;
/** Returns the image as one array. @throws {@link RangeError} if the engine does not support an array of that length. */
export function saveImage(heap: SavedHeap): Uint8Array<ArrayBuffer> {
  return new Saver(heap).write(true)[0] as Uint8Array<ArrayBuffer>;
}

/** Returns the image in shared memory, into which it is written at once. @throws {@link RangeError} as `saveImage` */
export function shareImage(heap: SavedHeap): SharedArrayBuffer {
  const [bytes] = new Saver(heap).write(true, (size) => new Uint8Array(new SharedArrayBuffer(size)));
  return (bytes as Uint8Array<SharedArrayBuffer>).buffer;
}

/** Returns the image in chunks of some megabytes. All are copied at once, so later changes to the heap are not in them. */
export function saveImageChunks(heap: SavedHeap): Uint8Array<ArrayBuffer>[] {
  return new Saver(heap).write(false);
}

class Saver {
  readonly #heap: SavedHeap;
  readonly #memory: LiveMemory;
  readonly #pieces: Pieces;

  constructor(heap: SavedHeap) {
    this.#heap = heap;
    this.#memory = new LiveMemory(heap);
    this.#pieces = findPieces(this.#memory);
  }

  /** Returns the image as one array, or as one array for the small sections and some for the pages. */
  write<B extends ArrayBufferLike = ArrayBuffer>(
    isWhole: boolean,
    make = (size: number) => new Uint8Array(size) as Uint8Array<B>,
  ): Uint8Array<B>[] {
    const small = this.#smallSections();
    const sizes = [...small.map((section) => section.length), this.#pieces.bytes];
    const { offsets, end } = placeSections(sizes);
    const pagesAt = offsets.at(-1) as number;
    const head = make(isWhole ? end : pagesAt);
    const pages = isWhole ? [head.subarray(pagesAt)] : this.#chunkSizes().map(make);
    copyPages(this.#memory, this.#pieces, pages);
    small.forEach((section, index) => {
      head.set(section, offsets[index]);
    });
    const checksum = new Checksum();
    for (const chunk of pages) checksum.add(chunk);
    head.set(makeHeader(this.#heap.isChecked, sizes, [...small.map(checksumOf), checksum.end()]));
    return isWhole ? [head] : [head, ...pages];
  }

  /** All sections except PAGE. */
  #smallSections(): Uint8Array[] {
    const { meta, handles, sites } = this.#heap;
    const sections = {
      META: encodeMeta(meta),
      CTRL: bytesOf(controlRow(this.#memory.control, firstOfYoung(this.#memory))),
      RUNS: bytesOf(this.#pieces.rows),
      ORDR: bytesOf(this.#order()),
      HAND: bytesOf(handles),
      SATU: bytesOf(saturatedRows(this.#memory, (object) => this.#heap.rootsOf(object))),
      SITE: bytesOf(sites),
    };
    return SECTIONS.slice(0, -1).map((name) => sections[name as keyof typeof sections]);
  }

  #chunkSizes(): number[] {
    const sizes: number[] = [];
    let size = 0;
    for (const { stored } of this.#pieces.pieces) {
      if (size > 0 && size + stored > CHUNK_SIZE) {
        sizes.push(size);
        size = 0;
      }
      size += align(stored);
    }
    if (size > 0) sizes.push(size);
    return sizes;
  }

  /** The lists of spans with free blocks: for each size class the spans of leaf objects, then those of linked ones. */
  #order(): number[] {
    const order: number[] = [];
    const { controlBlock } = this.#heap;
    const pageOfDescriptor = this.#pagesOfDescriptors();
    for (let index = 0; index < CLASS_COUNT; index++) {
      for (let kind = 0; kind < 2; kind++) {
        const head = controlBlock + CLASSES_OFFSET + index * CLASS_RECORD_SIZE + 4 * kind;
        const count = order.push(0) - 1;
        for (let span = this.#memory.word(head); span !== 0; span = this.#memory.word(span + 16))
          order.push(pageOfDescriptor(span));
        order[count] = order.length - count - 1;
      }
    }
    return order;
  }

  /** Returns a function that maps the address of a descriptor to the number of its page. */
  #pagesOfDescriptors(): (descriptor: number) => number {
    const { firstPage, endPage } = this.#memory.control;
    const firstPart = firstPage >>> DESCRIPTORS_SHIFT;
    const parts = Array.from(
      { length: ((endPage - 1) >>> DESCRIPTORS_SHIFT) + 1 - firstPart },
      (_, i) => 4 * this.#memory.descriptor((firstPart + i) << DESCRIPTORS_SHIFT),
    );
    return (descriptor) => {
      const index = parts.findIndex((part) => descriptor >= part && descriptor < part + PAGE_SIZE);
      const place = (descriptor - (parts[index] as number)) / DESCRIPTOR_SIZE;
      return ((firstPart + index) << DESCRIPTORS_SHIFT) + place;
    };
  }
}
