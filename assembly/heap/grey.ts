// Grey objects that the mark stack has no room for: a bit for each page of the heap that has any, and a bit for each
// word of those bits. The bitmaps say which objects of the page they are: marked, and not scanned.
//
// This bounds the worst case of marking at any shape of the heap. An overflow costs one bit, and a page that is taken
// from here has at least one grey object, which is scanned for good. Looking for it takes 128 words of bitmap, once
// for each time that the page becomes grey; on a list of boxed values, the shape that overflows most, a page
// becomes grey once and has hundreds of them. (A stack that forgets its overflow needs another pass over everything
// instead, and a list newest first then takes quadratic time.)

import { PAGE_SHIFT } from "../layout";
import { GREY_PAGES, control } from "../control";

/** Bytes of one bit for each page of a 4 GiB memory; the words' own bits follow. */
const PAGE_BITS: usize = 65536 / 8;
const WORD_BITS: usize = GREY_PAGES + PAGE_BITS;
const WORD_BITS_SIZE: usize = PAGE_BITS / 8 / 8;

/** Remembers that an object's page has a marked object that is not scanned and on no stack. */
export function noteGrey(object: usize): void {
  const page = object >>> PAGE_SHIFT;
  const at = GREY_PAGES + ((page >>> 6) << 3);
  const word = load<u64>(at);
  store<u64>(at, word | ((<u64>1) << (page & 63)));
  if (word) return;
  control.greyWords++;
  const sum = WORD_BITS + ((page >>> 12) << 3);
  store<u64>(sum, load<u64>(sum) | ((<u64>1) << ((page >>> 6) & 63)));
}

/** Takes the first page with grey objects; 0 = there is none. */
export function takeGreyPage(): u32 {
  if (!control.greyWords) return 0;
  let sum = WORD_BITS;
  while (!load<u64>(sum)) sum += 8;
  const words = load<u64>(sum);
  const word = ((<u32>(sum - WORD_BITS)) << 3) + <u32>ctz(words);
  const at = GREY_PAGES + (word << 3);
  const pages = load<u64>(at);
  const rest = pages & (pages - 1);
  store<u64>(at, rest);
  if (!rest) {
    control.greyWords--;
    store<u64>(sum, words & (words - 1));
  }
  return (word << 6) + <u32>ctz(pages);
}

/** Forgets all grey pages, for a marking that was given up. */
export function clearGreyPages(): void {
  if (!control.greyWords) return;
  memory.fill(GREY_PAGES, 0, PAGE_BITS + WORD_BITS_SIZE);
  control.greyWords = 0;
}

/** Words of grey pages that are not 0, by looking; all of them if the bits of words say otherwise. */
export function countGreyWords(): u32 {
  let count: u32 = 0;
  for (let word: u32 = 0; word < <u32>(PAGE_BITS / 8); word++) {
    const isGrey = load<u64>(GREY_PAGES + (word << 3)) != 0;
    const sum = load<u64>(WORD_BITS + ((word >>> 6) << 3));
    if (((sum >>> (word & 63)) & 1) != <u64>isGrey) return u32.MAX_VALUE;
    if (isGrey) count++;
  }
  return count;
}
