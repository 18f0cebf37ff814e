/**
 * The frame of a heap image: its header and the table of its sections. docs/images.md has a picture.
 *
 *    0  magic: 89 "HWIMG" 1A 0A (a transfer as text damages it, so the damage is detected)
 *    8  format version           of the frame described here
 *   12  layout version           of the core's own state: LAYOUT_VERSION
 *   16  flags                    1: saved by a checked core
 *   20  number of sections
 *   24  bytes of the file        two words
 *   32  checksum of the header and the table of sections, computed with this word as 0
 *   36  0
 *   40  for each section: name, checksum, offset (two words), size in bytes (two words)
 *
 * Sections follow in the order of SECTIONS, each at the next multiple of 16, with zeros in between. All numbers are
 * little-endian. Checksums are XXH32 with seed 0.
 */

export const FORMAT_VERSION = 1;
export const MAGIC = [0x89, 0x48, 0x57, 0x49, 0x4d, 0x47, 0x1a, 0x0a];

/** The sections of an image, in file order. */
export const SECTIONS = [
  "META", // names: types and their fields, named roots, callbacks, sites. JSON
  "CTRL", // the saved fields of the control block, and the first object of generations 0 and 1
  "RUNS", // runs of pages, in address order
  "ORDR", // the order of the runs in the lists of runs with free blocks
  "HAND", // live handles: address and site
  "SATU", // exact counts of outside references that headers cannot hold
  "SITE", // sites of sampled objects: address, site, weight
  "PAGE", // bytes of the runs that serve objects
] as const;
export type SectionName = (typeof SECTIONS)[number];

export const HEADER_BYTES = 40;
export const ENTRY_BYTES = 24;
export const TABLE_END = HEADER_BYTES + ENTRY_BYTES * SECTIONS.length;

export function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

/** The offsets of sections with these sizes, and the size of the whole file. */
export function placeSections(sizes: readonly number[]): { offsets: number[]; end: number } {
  let end = align(TABLE_END);
  const offsets = sizes.map((size) => {
    const offset = end;
    end = align(offset + size);
    return offset;
  });
  return { offsets, end };
}
