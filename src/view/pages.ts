import { BadImageError } from "../base/errors.js";
import { HEADER_BYTES, ENTRY_BYTES, FORMAT_VERSION, MAGIC, SECTIONS, TABLE_END, align } from "../image/header.js";
import type { SectionName } from "../image/header.js";
import { CLASS_SIZES, LAYOUT_VERSION, MAX_PAGES, PAGE_LARGE, PAGE_SPAN } from "../wasm/core-layout.js";
import { PAGE_SIZE } from "../../assembly/layout.js";

/** Words of CTRL, whose order is that of `SAVED_PLACES`. They are written here, since the list of all fields is long. */
export const CONTROL_WORDS = { firstPage: 0, endPage: 1, hashSeed: 16, none: 17 } as const;

/** Where the parts of an image lie. */
export interface Pages {
  /** For each page of the heap the index of its first word in the image; 0 = it has no bytes. */
  readonly starts: Int32Array;
  readonly hashSeed: number;
  /** Address of None. */
  readonly none: number;
  readonly meta: Uint8Array;
}

/**
 * Finds the pages of an image. Takes time in proportion to the number of pages, since no byte of them is read: checksums are
 * not verified. Each word is read once, as another thread may change it.
 *
 * @throws {@link BadImageError}
 */
export function findPages(bytes: Uint8Array): Pages {
  const isImage = MAGIC.every((byte, at) => bytes[at] === byte);
  if (!isImage || bytes.length < align(TABLE_END)) throw new BadImageError("this is no heap image", 0);
  const damaged = (at: number): BadImageError => new BadImageError("the frame of the image is damaged", at);
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number): number => data.getUint32(at, true);
  const long = (at: number): number => word(at + 4) * 2 ** 32 + word(at);
  // What the header says, and what is right.
  const facts = [
    [8, word(8), FORMAT_VERSION],
    [12, word(12), LAYOUT_VERSION],
    [20, word(20), SECTIONS.length],
    [24, long(24), bytes.length],
  ] as const;
  for (const [at, found, right] of facts)
    if (found !== right) throw new BadImageError(`the image is of another version: ${found} instead of ${right}`, at);

  const sectionOf = (name: SectionName, leastBytes: number): { offset: number; end: number } => {
    const at = HEADER_BYTES + ENTRY_BYTES * SECTIONS.indexOf(name);
    const offset = long(at + 8);
    const end = offset + long(at + 16);
    if (offset % 16 !== 0 || end - offset < leastBytes || end > bytes.length) throw damaged(at);
    return { offset, end };
  };
  const control = sectionOf("CTRL", 4 * (CONTROL_WORDS.none + 1)).offset;
  const field = (name: keyof typeof CONTROL_WORDS): number => word(control + 4 * CONTROL_WORDS[name]);
  const firstPage = field("firstPage");
  const endPage = field("endPage");
  if (firstPage < 1 || endPage <= firstPage || endPage > MAX_PAGES) throw damaged(control);

  const runs = sectionOf("RUNS", 0);
  const pages = sectionOf("PAGE", 0);
  const starts = new Int32Array(endPage);
  let page = firstPage;
  let { offset } = pages;
  for (let at = runs.offset; at + 12 <= runs.end; at += 12) {
    const [head, shape, last] = [word(at), word(at + 4), word(at + 8)];
    const count = head & 0xffff;
    const state = (head >>> 16) & 0xff;
    const blockSize = CLASS_SIZES[shape & 0xff] ?? 0;
    const stored = state === PAGE_SPAN ? (shape >>> 8) * blockSize : state === PAGE_LARGE ? last : 0;
    if (count === 0 || count > endPage - page || stored > count * PAGE_SIZE) throw damaged(at);
    for (let i = 0; i * PAGE_SIZE < stored; i++) starts[page + i] = (offset + i * PAGE_SIZE) / 4;
    page += count;
    offset += align(stored);
    if (offset > pages.end) throw damaged(at);
  }
  const meta = sectionOf("META", 2);
  return { starts, hashSeed: field("hashSeed"), none: field("none"), meta: bytes.subarray(meta.offset, meta.end) };
}
