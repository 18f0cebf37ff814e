// Grey objects that do not fit the mark stack: marked, not scanned, and noted by their place alone.
//
// A page is divided into 8 parts of 8 KiB. Each page descriptor has a bit for each part with such objects; GREY_PAGES
// has a bit for each page with such parts, and a bit for each word of those bits. The 16 words of either bitmap that
// belong to a part say which of its objects they are: marked, and not scanned. So an overflow never needs memory.
//
// The worst case of marking follows from this. An object is noted at most once, because a noted object is scanned where
// it stands. A part that is taken has at least one grey object, and looking for it reads 16 words of each bitmap, two
// cache lines each. So besides its slots, each object costs at most a constant, at any shape of the heap. (A stack that
// forgets its overflow needs another pass over everything instead, and a list newest first then takes quadratic time.)
//
// Noting also makes marking fast on a large graph without order, where depth-first marking jumps to another place in
// memory with each object. `isWide` says that many objects are noted. Then the mark stack serves only the part that is
// being scanned: references out of it are noted, and the parts are taken in address order, round after round. Each
// round reads memory in a stream.
//
// When a round notes few objects, the graph is a deep one, and marking continues depth first. In a deep graph it pays
// to leave the spilled objects until there are many of them, because parts with few grey objects cost the most. So each
// time that a round has noted few, the stack may be spilled twice as often before marking is wide again.

import { PAGE_SHIFT } from "../layout";
import { GREY_PAGES, control } from "../control";
import { BLOCK_LEAF, pageAt, pageOf } from "../memory/page";

/** Parts of a page, and bytes of one. */
const PARTS_SHIFT: u32 = 3;
const PARTS: u32 = 1 << PARTS_SHIFT;
const PART_SHIFT: u32 = PAGE_SHIFT - PARTS_SHIFT;
export const GREY_PART_SIZE: u32 = 1 << PART_SHIFT;

/** Bytes of one bit for each page of a 4 GiB memory; the words' own bits follow. */
const PAGE_BITS: usize = 65536 / 8;
const WORD_BITS: usize = GREY_PAGES + PAGE_BITS;
const WORD_BITS_END: usize = WORD_BITS + PAGE_BITS / 64;

/** A round that notes fewer objects ends wide marking for now. Spilling the stack once notes nearly as many. */
const FEW_NOTED: u32 = 1024;
/** The newest entries stay on the stack when it is spilled: depth-first marking continues with them. */
const NEWEST_BYTES: u32 = 64 << 2;
/** Most spills before marking is wide again. */
const MOST_SPILLS: u32 = 255;

/** Whether an object's page has only leaves that need no scanning, because none can be a key of a weak map. */
export function isLeafPage(object: usize): bool {
  return !control.entryIndexSize && pageOf(object).kind == BLOCK_LEAF;
}

/** Notes a marked object that is not scanned. */
export function noteGrey(object: usize): void {
  const number = <u32>(object >>> PAGE_SHIFT);
  const page = pageAt(number);
  const parts = <u32>page.grey;
  const part = (<u32>1) << (((<u32>object) >>> PART_SHIFT) & (PARTS - 1));
  if (!(parts & part) && isLeafPage(object)) return;
  control.greyNoted++;
  if (parts & part) return;
  page.grey = <u8>(parts | part);
  if (parts) return;
  const at = GREY_PAGES + ((number >>> 6) << 3);
  const word = load<u64>(at);
  store<u64>(at, word | ((<u64>1) << (number & 63)));
  if (word) return;
  control.greyWords++;
  const sum = WORD_BITS + ((number >>> 12) << 3);
  store<u64>(sum, load<u64>(sum) | ((<u64>1) << ((number >>> 6) & 63)));
}

/** Makes room on the mark stack, for the slots of any struct at least: all but its newest entries are noted. */
export function spill(): void {
  const stack = control.markStack;
  const kept = control.markTop - NEWEST_BYTES;
  for (let at = stack; at < kept; at += 4) noteGrey(load<u32>(at));
  memory.copy(stack, kept, NEWEST_BYTES);
  control.markTop = stack + NEWEST_BYTES;
  if (control.spillsLeft) control.spillsLeft--;
  else control.isWide = 1;
}

/**
 * Whether a marked object must be noted and not scanned: marking is wide, and the object lies outside of the part taken
 * last.
 */
export function isFar(object: usize): bool {
  return control.isWide != 0 && <u32>(object >>> PART_SHIFT) != control.greyNext - 1;
}

/** The first page with grey parts from `number` on; 0 = there is none. */
function greyPageFrom(number: u32): u32 {
  let word = number >>> 6;
  let pages = load<u64>(GREY_PAGES + (word << 3)) & (u64.MAX_VALUE << (number & 63));
  if (!pages) {
    // The page's own word has no more bits. Two shifts, because a shift by 64 would be one by 0.
    let sum = WORD_BITS + ((word >>> 6) << 3);
    let words = load<u64>(sum) & ((u64.MAX_VALUE << (word & 63)) << 1);
    while (!words) {
      sum += 8;
      if (sum == WORD_BITS_END) return 0;
      words = load<u64>(sum);
    }
    word = ((<u32>(sum - WORD_BITS)) << 3) + <u32>ctz(words);
    pages = load<u64>(GREY_PAGES + (word << 3));
  }
  return (word << 6) + <u32>ctz(pages);
}

/**
 * Takes the next grey part behind the last one, in address order, and from the start again. Returns its address; 0 =
 * there is none.
 */
export function takeGreyPart(): usize {
  if (!control.greyWords) return 0;
  let part = control.greyNext;
  let number = greyPageFrom(part >>> PARTS_SHIFT);
  let parts: u32 = 0;
  if (number == part >>> PARTS_SHIFT) {
    parts = (<u32>pageAt(number).grey) & ~((1 << (part & (PARTS - 1))) - 1);
    if (!parts) number = greyPageFrom(number + 1);
  }
  if (!number) {
    number = greyPageFrom(0);
    endRound();
  }
  const page = pageAt(number);
  if (!parts) parts = page.grey;
  part = <u32>ctz(parts);
  page.grey = <u8>(page.grey & ~((<u32>1) << part));
  if (!page.grey) clearPage(number);
  part += number << PARTS_SHIFT;
  control.greyNext = part + 1;
  return (<usize>part) << PART_SHIFT;
}

/** Ends a round: all parts that were noted before it have been scanned. */
function endRound(): void {
  if (control.isWide && control.greyNoted < FEW_NOTED) {
    control.isWide = 0;
    control.spillsBefore = min((control.spillsBefore << 1) + 1, MOST_SPILLS);
    control.spillsLeft = control.spillsBefore;
  }
  control.greyNoted = 0;
}

/** Clears the bit of a page that has no grey parts any more. */
function clearPage(number: u32): void {
  const at = GREY_PAGES + ((number >>> 6) << 3);
  const rest = load<u64>(at) & ~((<u64>1) << (number & 63));
  store<u64>(at, rest);
  if (rest) return;
  control.greyWords--;
  const sum = WORD_BITS + ((number >>> 12) << 3);
  store<u64>(sum, load<u64>(sum) & ~((<u64>1) << ((number >>> 6) & 63)));
}

/** Drops all notes, for a marking that was given up. */
export function clearGrey(): void {
  while (takeGreyPart());
  control.greyNext = control.greyNoted = control.isWide = 0;
  control.spillsLeft = control.spillsBefore = 0;
}

/** Whether a page has grey parts, by its bit. */
export function isGreyPage(number: u32): bool {
  return ((load<u64>(GREY_PAGES + ((number >>> 6) << 3)) >>> (number & 63)) & 1) != 0;
}

/** Number of words of grey pages that are not 0; u32.MAX_VALUE if the bits of words say otherwise. */
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
