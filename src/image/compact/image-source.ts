import { HANDLE_WORDS, SATURATED_WORDS, SITE_WORDS } from "../image.js";
import type { Image } from "../image.js";
import type { BlockSource } from "./source.js";

/** An image that was checked, to be compacted. */
export function sourceOfImage(image: Image): BlockSource {
  return {
    isChecked: image.isChecked,
    meta: image.meta,
    control: image.control,
    types: image.types,
    words: image.words,
    runs: image.runs,
    runOfPage: image.runOfPage,
    pageStart: image.pageStart,
    young: image.young,
    // Links at both ends are 0.
    heads: [0, 0],
    handles: image.rows("HAND", HANDLE_WORDS),
    saturated: image.rows("SATU", SATURATED_WORDS),
    sites: image.rows("SITE", SITE_WORDS),
  };
}
