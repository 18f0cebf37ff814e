import {
  BUFFER_DATA_OFFSET,
  FLAG_OLD,
  FLAG_TRACKED,
  INFO_OFFSET,
  KIND_LIST,
  KIND_TABLE,
  PAGE_SIZE,
  PAYLOAD_OFFSET,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  STR_BYTES_OFFSET,
  STR_HASH_OFFSET,
  STR_LENGTH_OFFSET,
  TABLE_LOG_OFFSET,
  TYPE_BUFFER,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_MASK,
  TYPE_STR,
  TYPE_TUPLE,
} from "../../assembly/layout.js";
import { tableCapacity } from "../wasm/core-layout.js";
import { align } from "./format.js";
import type { LiveMemory } from "./live-memory.js";
import type { Piece, Pieces } from "./pieces.js";
import { prefixOf } from "./types.js";
import type { TypeShape } from "./types.js";

/**
 * Copies the pages of a heap and writes zeros over everything that no program can read: free blocks (except the link to
 * the next), block memory behind the content, unused ends of buffers, cached hashes, the links of objects in no list.
 */
export function copyPages(memory: LiveMemory, pieces: Pieces, chunks: readonly Uint8Array[]): void {
  new CleanCopy(memory, pieces).into(chunks);
}

class CleanCopy {
  readonly #memory: LiveMemory;
  readonly #pieces: Pieces;
  /** The copy of each piece, as words. */
  readonly #targets: Uint32Array[] = [];
  /** Addresses of the lists and tables. */
  readonly #owners: number[] = [];

  constructor(memory: LiveMemory, pieces: Pieces) {
    this.#memory = memory;
    this.#pieces = pieces;
  }

  /** Copies and cleans all pieces. `chunks` is one chunk for all, or several of whole pieces. */
  into(chunks: readonly Uint8Array[]): void {
    const bytes = new Uint8Array(this.#memory.u32.buffer);
    let chunk = 0;
    let offset = 0;
    for (const piece of this.#pieces.pieces) {
      if (piece.stored > 0 && offset === (chunks[chunk] as Uint8Array).length) {
        chunk++;
        offset = 0;
      }
      const target = (chunks[chunk] as Uint8Array).subarray(offset, offset + align(piece.stored));
      const start = piece.first * PAGE_SIZE;
      target.set(bytes.subarray(start, start + piece.stored));
      this.#targets.push(new Uint32Array(target.buffer, target.byteOffset, target.length / 4));
      offset += align(piece.stored);
    }
    this.#pieces.pieces.forEach((piece, index) => {
      this.#cleanBlocks(piece, this.#targets[index] as Uint32Array);
    });
    for (const owner of this.#owners) this.#cleanBuffer(owner);
    for (const buffer of this.#memory.tableBuffers) this.#clearBuffer(buffer, 0);
  }

  #cleanBlocks({ first, kind, made, blockSize, stored }: Piece, words: Uint32Array): void {
    const { types } = this.#memory;
    const [head0, head1] = this.#memory.heads as [number, number];
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
        used =
          id === TYPE_TUPLE ? (PAYLOAD_OFFSET + this.#memory.payloadOf(words, at)) >>> 2 : 2 + (type.payload >>> 2);
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

  /** Clears the unused memory in a list's or table's buffer: behind its content, and between the parts of a table. */
  #cleanBuffer(owner: number): void {
    const source = this.#memory.u32;
    const at = owner >>> 2;
    const buffer = source[at + SLOTS_BUFFER_OFFSET / 4] as number;
    if (buffer === 0) return;
    const bytes = this.#memory.bufferBytes(source, at);
    this.#clearBuffer(buffer, bytes);
    const id = (source[at + 1] as number) & TYPE_MASK;
    if (this.#memory.types[id]?.kind === KIND_LIST) return;
    const width = id === TYPE_DICT ? 2 : 1;
    const capacity = tableCapacity((source[at + TABLE_LOG_OFFSET / 4] as number) & 0xff);
    const slots = source[at + SLOTS_COUNT_OFFSET / 4] as number;
    const { words, start } = this.#place(buffer);
    clear(words, start + slots, start + capacity * width);
    const hashes = start + capacity * width;
    clear(words, hashes + slots / width, hashes + capacity);
  }

  /** Clears a buffer's block behind the first `bytes` bytes of data, a multiple of 4. */
  #clearBuffer(buffer: number, bytes: number): void {
    const { words, start, end } = this.#place(buffer);
    clear(words, start + (bytes >>> 2), end);
  }

  /** Where a buffer's data begins, and where its block ends, in the copy. */
  #place(buffer: number): { words: Uint32Array; start: number; end: number } {
    const index = this.#pieces.pieceOfPage[buffer >>> 16] as number;
    const { first, blockSize, made, stored } = this.#pieces.pieces[index] as Piece;
    const at = (buffer - first * PAGE_SIZE) >>> 2;
    const size = made === 1 ? Math.min(blockSize, align(stored)) : blockSize;
    return {
      words: this.#targets[index] as Uint32Array,
      start: at + BUFFER_DATA_OFFSET / 4,
      end: at + (size >>> 2),
    };
  }
}

/** Clears the words `[start, end)`. */
function clear(words: Uint32Array, start: number, end: number): void {
  if (end - start > 16) words.fill(0, start, end);
  else for (let i = start; i < end; i++) words[i] = 0;
}

/** Clears the bytes behind the text in its last word. Returns the words that the object takes. */
function cleanText(words: Uint32Array, at: number): number {
  const length = words[at + STR_LENGTH_OFFSET / 4] as number;
  const end = at + ((STR_BYTES_OFFSET + length) >>> 2);
  const over = length & 3;
  if (over === 0) return end - at;
  words[end] = (words[end] as number) & ((1 << (8 * over)) - 1);
  return end - at + 1;
}
