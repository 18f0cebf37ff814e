// The walk over every live object, in address order. It continues from the object at which it stands, so it can go in
// steps, and objects may be born and die between two of them.

import { INFO_OFFSET, PAGE_SHIFT, TYPE_BUFFER, TYPE_MASK } from "../layout";
import { control } from "../control";
import { endOfBlocks, firstBlockOf, hasBlocks, liveBlockFrom, strideOf } from "../memory/blocks-of";
import { PAGE_INSIDE, pageAt, usedOf } from "../memory/page";
import { isType } from "../object/type";

/** The first live object or buffer in page `number` or behind it; 0 = none. */
function firstBlockFrom(number: u32): usize {
  while (number < control.endPage) {
    const page = pageAt(number);
    if (hasBlocks(page) && usedOf(page)) {
      const block = liveBlockFrom(firstBlockOf(number, page), page);
      if (block) return block;
    }
    number += page.span;
  }
  return 0;
}

/** The next live object or buffer behind this one, or 0. */
export function nextBlock(object: usize): usize {
  let run = <u32>(object >>> PAGE_SHIFT);
  let page = pageAt(run);
  if (page.state == PAGE_INSIDE) {
    run -= page.span;
    page = pageAt(run);
  }
  const next = liveBlockFrom(object + strideOf(page), page);
  return next ? next : firstBlockFrom(run + page.span);
}

export function firstBlock(): usize {
  return firstBlockFrom(control.firstPage);
}

function skipBuffers(object: usize): usize {
  while (object && (load<u32>(object, INFO_OFFSET) & TYPE_MASK) == TYPE_BUFFER) object = nextBlock(object);
  return object;
}
export function firstObject(): usize {
  return skipBuffers(firstBlock());
}
export function nextObject(object: usize): usize {
  return skipBuffers(nextBlock(object));
}

/** Type id of the live block whose address this is; 0 if it is not one. Safe for any number. */
export function typeIdAt(address: usize): u32 {
  let run = <u32>(address >>> PAGE_SHIFT);
  if (address & 7 || run < control.firstPage || run >= control.endPage) return 0;
  let page = pageAt(run);
  if (page.state == PAGE_INSIDE) {
    run -= page.span;
    page = pageAt(run);
  }
  if (!hasBlocks(page)) return 0;
  const first = firstBlockOf(run, page);
  if (address < first || address >= endOfBlocks(page) || (address - first) % strideOf(page)) return 0;
  const id = load<u32>(address, INFO_OFFSET) & TYPE_MASK;
  return isType(id) ? id : 0;
}
