import { KIND_LIST, PAGE_SIZE, PAYLOAD_OFFSET, SLOTS_BUFFER_OFFSET, TYPE_MASK } from "../../assembly/layout.js";
import { CLASS_SIZES, PAGE_LARGE, PAGE_SPAN } from "../wasm/core-layout.js";
import { align } from "./format.js";
import type { LiveMemory } from "./live-memory.js";
import { prefixOf } from "./types.js";

/** A run of pages that serves objects, and how much of it is stored. */
export interface Piece {
  readonly first: number;
  readonly kind: number;
  readonly made: number;
  readonly blockSize: number;
  readonly stored: number;
}

/** What an image stores of a heap's pages. */
export interface Pieces {
  /** Rows of RUNS, for all runs of pages. */
  readonly rows: number[];
  /** The runs with something to store, in address order. */
  readonly pieces: Piece[];
  /** For each page the index of its piece. */
  readonly pieceOfPage: Uint32Array;
  /** Bytes of PAGE. */
  readonly bytes: number;
}

/** Finds the runs of pages, and how much of each is stored. */
export function findPieces(memory: LiveMemory): Pieces {
  const { u32 } = memory;
  const { firstPage, endPage } = memory.control;
  const rows: number[] = [];
  const pieces: Piece[] = [];
  const pieceOfPage = new Uint32Array(endPage);
  let bytes = 0;
  const add = (piece: Piece, pages: number): void => {
    pieceOfPage.fill(pieces.length, piece.first, piece.first + pages);
    pieces.push(piece);
    bytes += align(piece.stored);
  };
  const large = largeBuffers(memory);
  for (let page = firstPage; page < endPage;) {
    const at = memory.descriptor(page);
    const [free, fresh, shape] = [u32[at] as number, u32[at + 1] as number, u32[at + 6] as number];
    const state = shape & 0xff;
    const kind = (shape >>> 8) & 0xff;
    const sizeClass = (shape >>> 16) & 0xff;
    const span = (u32[at + 7] as number) & 0xffff;
    const start = page * PAGE_SIZE;
    const piece = { first: page, made: 1, kind, blockSize: span * PAGE_SIZE, stored: 0 };
    if (state === PAGE_SPAN) {
      const blockSize = CLASS_SIZES[sizeClass] as number;
      const made = (fresh - prefixOf(kind) - start) / blockSize;
      const stored = made * blockSize;
      rows.push(span | (state << 16) | (kind << 24), sizeClass | (made << 8), free);
      add({ ...piece, made, blockSize, stored }, span);
    } else if (state === PAGE_LARGE) {
      const object = start + prefixOf(kind);
      const used = prefixOf(kind) + PAYLOAD_OFFSET + (large.get(object) ?? memory.payloadOf(u32, object >>> 2));
      const stored = align(Math.max(used, 16));
      rows.push(span | (state << 16) | (kind << 24), 0, stored);
      add({ ...piece, stored }, span);
    } else rows.push(span | (state << 16), 0, 0);
    page += span;
  }
  return { rows, pieces, pieceOfPage, bytes };
}

/** Buffers with a run of their own, and how many bytes of each are in use. */
function largeBuffers(memory: LiveMemory): Map<number, number> {
  const { u32, types } = memory;
  const { firstPage, endPage } = memory.control;
  const found = new Map<number, number>();
  // Without a large block, the walk over all lists and tables is not needed.
  let hasLarge = false;
  for (let page = firstPage; page < endPage; page += (u32[memory.descriptor(page) + 7] as number) & 0xffff)
    hasLarge ||= ((u32[memory.descriptor(page) + 6] as number) & 0xffff) === PAGE_LARGE;
  if (!hasLarge) return found;
  for (let page = firstPage; page < endPage;) {
    const at = memory.descriptor(page);
    const shape = u32[at + 6] as number;
    const span = (u32[at + 7] as number) & 0xffff;
    if ((shape & 0xffff) === (PAGE_SPAN | (1 << 8))) {
      const stride = (CLASS_SIZES[(shape >>> 16) & 0xff] as number) >>> 2;
      const fresh = (u32[at + 1] as number) >>> 2;
      for (let object = (page * PAGE_SIZE + 8) >>> 2; object < fresh; object += stride) {
        const kind = types[(u32[object + 1] as number) & TYPE_MASK]?.kind ?? 0;
        if (kind < KIND_LIST) continue;
        const buffer = u32[object + SLOTS_BUFFER_OFFSET / 4] as number;
        if (buffer === 0) continue;
        const state = (u32[memory.descriptor(buffer >>> 16) + 6] as number) & 0xff;
        if (state === PAGE_LARGE) found.set(buffer, memory.bufferBytes(u32, object));
      }
    }
    page += span;
  }
  for (const buffer of memory.tableBuffers) found.set(buffer, 0);
  return found;
}
