import { checksumOf } from "../../src/image/checksum.js";
import { SECTIONS, makeHeader, placeSections, readFrame } from "../../src/image/format.js";
import type { SectionName } from "../../src/image/format.js";

/** The sections of an image, to be changed. */
export function sectionsOf(image: Uint8Array): Record<SectionName, Uint8Array> {
  const { sections } = readFrame(image);
  return Object.fromEntries(SECTIONS.map((name) => [name, sections[name].bytes.slice()])) as Record<
    SectionName,
    Uint8Array
  >;
}

/** An image of these sections, with checksums that are right. */
export function sealed(sections: Readonly<Record<SectionName, Uint8Array>>, isChecked = false): Uint8Array {
  const all = SECTIONS.map((name) => sections[name]);
  const sizes = all.map((section) => section.length);
  const { offsets, end } = placeSections(sizes);
  const file = new Uint8Array(end);
  file.set(makeHeader(isChecked, sizes, all.map(checksumOf)));
  all.forEach((section, index) => {
    file.set(section, offsets[index]);
  });
  return file;
}

/** An image with its META changed. */
export function withMeta(image: Uint8Array, change: (meta: Record<string, unknown>) => void): Uint8Array {
  const sections = sectionsOf(image);
  const meta = JSON.parse(new TextDecoder().decode(sections.META)) as Record<string, unknown>;
  change(meta);
  return sealed({ ...sections, META: new TextEncoder().encode(JSON.stringify(meta)) });
}

/** An image with words of a section changed. */
export function withWords(image: Uint8Array, name: SectionName, change: (words: Uint32Array) => void): Uint8Array {
  const sections = sectionsOf(image);
  change(new Uint32Array(sections[name].buffer, 0, sections[name].length >>> 2));
  return sealed(sections);
}
