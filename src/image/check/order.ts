import { PAGE_SIZE } from "../../../assembly/layout.js";
import { CLASS_COUNT, PAGE_SPAN } from "../../wasm/core-layout.js";
import type { Image, Run } from "../image.js";

/** The order in which spans with free blocks are used, by the numbers of their first pages. */
export interface Order {
  /** For each size class: the list of its leaf spans, then of its linked spans. */
  readonly spans: readonly (readonly number[])[];
}

/**
 * Reads ORDR: the length of each list, followed by its members. A member must be a span of the list's kind. Every span with
 * free blocks is in exactly one list. All members but the first must have free blocks and live ones.
 *
 * @throws {@link BadImageError}
 */
export function readOrder(image: Image): Order {
  const words = image.rows("ORDR", 1);
  const listed = new Uint8Array(image.runs.length);
  let at = 0;
  const readList = (belongs: (run: Run) => boolean): number[] => {
    const length = words[at++] ?? 0;
    if (length > words.length - at) throw image.error("ORDR", "a list of pages is longer than the section", at - 1);
    const start = at;
    const pages = Array.from(words.subarray(at, at + length));
    for (const page of pages) {
      const index = page < image.control.firstPage ? undefined : image.runOfPage[page];
      const run = index === undefined ? undefined : image.runs[index];
      if (run?.first !== page || !belongs(run) || listed[index as number] !== 0)
        throw image.error("ORDR", "a page is in a list where it does not belong", at);
      if (at > start && !(hasRoom(run) && isInUse(image, run)))
        throw image.error("ORDR", "a span that is full or empty stands behind another", at);
      listed[index as number] = 1;
      at++;
    }
    return pages;
  };
  const spans = Array.from({ length: 2 * CLASS_COUNT }, (_, list) =>
    readList(({ state, sizeClass, kind }) => state === PAGE_SPAN && sizeClass === list >>> 1 && kind === (list & 1)),
  );
  if (at !== words.length) throw image.error("ORDR", "there are more lists of pages than there should be");
  image.runs.forEach((run, index) => {
    if (listed[index] === 0 && run.state === PAGE_SPAN && hasRoom(run))
      throw image.error("ORDR", `the pages from ${run.first} on have room, and are in no list`);
  });
  return { spans };
}

function hasRoom({ free, made, pages, blockSize }: Run): boolean {
  return free !== 0 || made < Math.floor((pages * PAGE_SIZE) / blockSize);
}

/** Whether a span has a live block. Its free list has been checked. */
function isInUse(image: Image, { free, made }: Run): boolean {
  let freeBlocks = 0;
  for (let block = free; block !== 0; block = image.word(block)) freeBlocks++;
  return freeBlocks < made;
}
