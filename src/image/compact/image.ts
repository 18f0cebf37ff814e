import { checkImage } from "../check/check.js";
import type { CheckedImage } from "../check/check.js";
import { HANDLE_WORDS, SATURATED_WORDS, SITE_WORDS } from "../image.js";
import type { Image } from "../image.js";
import { compactSource } from "./compact.js";
import { planCompaction } from "./plan.js";
import type { BlockSource } from "./source.js";

/**
 * Compacts an image that was checked, and checks the result: keys have new hashes, which a hostile image may have chosen
 * to collide.
 *
 * @throws {@link BadImageError}
 */
export function compactImage({ image, budget }: CheckedImage): CheckedImage {
  const spend = (steps: number): void => {
    budget.spend(steps);
  };
  const source = sourceOfImage(image);
  return checkImage(compactSource(source, planCompaction(source), { hasChecksums: false, spend }).bytes, false);
}

/** An image that was checked, to be compacted. */
function sourceOfImage(image: Image): BlockSource {
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
