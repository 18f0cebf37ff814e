/** Reads and writes the frame of an image, with its checksums. header.ts has a picture of it. */
import { BadImageError } from "../base/errors.js";
import { Checksum, checksumOf } from "./checksum.js";
import {
  ENTRY_BYTES,
  FORMAT_VERSION,
  HEADER_BYTES,
  MAGIC,
  SECTIONS,
  TABLE_END,
  align,
  placeSections,
} from "./header.js";
import type { SectionName } from "./header.js";
import { LAYOUT_VERSION } from "../wasm/core-layout.js";

export { FORMAT_VERSION, SECTIONS, align, placeSections } from "./header.js";
export type { SectionName } from "./header.js";

const FLAG_CHECKED = 1;
const CHECKSUM_AT = 32;

/** The header and the table of sections, padded with zeros up to the first section. */
export function makeHeader(isChecked: boolean, sizes: readonly number[], checksums: readonly number[]): Uint8Array {
  const { offsets, end } = placeSections(sizes);
  const header = new Uint8Array(align(TABLE_END));
  const data = new DataView(header.buffer);
  const setLong = (at: number, value: number): void => {
    data.setUint32(at, value >>> 0, true);
    data.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
  };
  header.set(MAGIC);
  data.setUint32(8, FORMAT_VERSION, true);
  data.setUint32(12, LAYOUT_VERSION, true);
  data.setUint32(16, isChecked ? FLAG_CHECKED : 0, true);
  data.setUint32(20, SECTIONS.length, true);
  setLong(24, end);
  SECTIONS.forEach((name, index) => {
    const at = HEADER_BYTES + ENTRY_BYTES * index;
    for (let i = 0; i < 4; i++) header[at + i] = name.charCodeAt(i);
    data.setUint32(at + 4, checksums[index] as number, true);
    setLong(at + 8, offsets[index] as number);
    setLong(at + 16, sizes[index] as number);
  });
  data.setUint32(CHECKSUM_AT, checksumOf(header), true);
  return header;
}

/** A section's place in the file. */
export interface Section {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** An image whose header, table and checksums are correct. */
export interface Frame {
  /** The file, aligned for `words`. */
  readonly bytes: Uint8Array;
  /** The same bytes as words. */
  readonly words: Uint32Array;
  readonly isChecked: boolean;
  readonly sections: Readonly<Record<SectionName, Section>>;
}

/**
 * Finds the sections and verifies their checksums. Those of an image that this program has just made can be left out.
 *
 * @throws {@link BadImageError}
 */
export function readFrame(source: Uint8Array, hasChecksums = true): Frame {
  // Words need alignment. Shared memory could change after it was checked.
  const isShared = typeof SharedArrayBuffer !== "undefined" && source.buffer instanceof SharedArrayBuffer;
  const isFit = source.byteOffset % 4 === 0 && !isShared;
  // A new view in any case: `slice` of Node's Buffer does not copy.
  const bytes = isFit ? new Uint8Array(source.buffer, source.byteOffset, source.length) : new Uint8Array(source);
  const isImage = MAGIC.every((byte, at) => bytes[at] === byte);
  if (!isImage) throw new BadImageError("this is no heap image", 0);
  if (bytes.length < align(TABLE_END)) throw new BadImageError("the image ends in its header", bytes.length);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number): number => data.getUint32(at, true);
  const long = (at: number): number => word(at + 4) * 2 ** 32 + word(at);
  if (word(8) !== FORMAT_VERSION) throw new BadImageError(`this image has format ${word(8)}, not ${FORMAT_VERSION}`, 8);
  if (word(12) !== LAYOUT_VERSION)
    throw new BadImageError(`this image has memory layout ${word(12)}, this core has ${LAYOUT_VERSION}`, 12);
  const header = bytes.slice(0, align(TABLE_END));
  header.fill(0, CHECKSUM_AT, CHECKSUM_AT + 4);
  if (checksumOf(header) !== word(CHECKSUM_AT)) throw new BadImageError("the header is damaged", CHECKSUM_AT);
  if (word(16) > FLAG_CHECKED) throw new BadImageError("the header has flags that mean nothing", 16);
  if (word(20) !== SECTIONS.length) throw new BadImageError(`there are ${word(20)} sections`, 20);
  if (long(24) !== bytes.length)
    throw new BadImageError(`the image should have ${long(24)} bytes, but has ${bytes.length}`, 24);

  const table = SECTIONS.map((name, index) => {
    const at = HEADER_BYTES + ENTRY_BYTES * index;
    const found = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (found !== name) throw new BadImageError(`section ${name} is missing`, at);
    return { name, at, checksum: word(at + 4), offset: long(at + 8), size: long(at + 16) };
  });
  const { offsets, end } = placeSections(table.map(({ size }) => size));
  if (end !== bytes.length) throw new BadImageError("the sections do not fill the image", 24);
  const entries = table.map(({ name, at, checksum, offset, size }, index): [SectionName, Section] => {
    if (offset !== offsets[index]) throw new BadImageError(`section ${name} is not where it should be`, at + 8);
    const section = bytes.subarray(offset, offset + size);
    if (hasChecksums && new Checksum().add(section).end() !== checksum)
      throw new BadImageError(`section ${name} is damaged`, offset);
    return [name, { offset, bytes: section }];
  });
  const sections = Object.fromEntries(entries) as Record<SectionName, Section>;
  return { bytes, words, isChecked: (word(16) & FLAG_CHECKED) !== 0, sections };
}

/** A section as words. @throws {@link BadImageError} unless its size is a multiple of `rowWords` words. */
export function wordsOf(frame: Frame, name: SectionName, rowWords: number): Uint32Array {
  const { offset, bytes } = frame.sections[name];
  if (bytes.length % (4 * rowWords) !== 0)
    throw new BadImageError(`section ${name} ends in the middle of a row`, offset);
  return frame.words.subarray(offset >>> 2, (offset + bytes.length) >>> 2);
}
