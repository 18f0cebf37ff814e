// Counting what is there: one walk over pages and objects, for `stats`.

import { PAGE_SHIFT, TYPE_BUFFER } from "../layout";
import {
  STAT_BITMAP_BYTES,
  STAT_FREE_PAGE_BYTES,
  STAT_LIVE_BLOCKS,
  STAT_LIVE_BYTES,
  STAT_LIVE_OBJECTS,
  STAT_RESERVED_BYTES,
  STAT_TABLE_BYTES,
  STAT_USED_PAGE_BYTES,
  STAT_WEAKREFS,
} from "../statistics";
import { blockSize, classRecord } from "../alloc/block";
import { PAGE_SPAN, pageAt } from "../alloc/page";
import { BOOTSTRAP_BITMAP_BYTES } from "../alloc/bitmap";
import { CLASS_COUNT } from "../alloc/size-class";
import { control } from "../control";
import { typeIdOf } from "../object/header";
import { typeAt } from "../object/type";
import { firstBlock, nextBlock } from "./walk";

export function takeCensus(): void {
  countPages();
  for (let id: u32 = 0; id < control.typeCount; id++) {
    typeAt(id).count = 0;
    typeAt(id).bytes = 0;
  }
  control.liveBlocks = control.liveObjects = 0;
  control.liveBytes = 0;
  for (let object = firstBlock(); object; object = nextBlock(object)) {
    const id = typeIdOf(object);
    const size = blockSize(object);
    const type = typeAt(id);
    type.count++;
    type.bytes += size;
    control.liveBlocks++;
    control.liveBytes += size;
    if (id != TYPE_BUFFER) control.liveObjects++;
  }
}

function countPages(): void {
  for (let i: u32 = 0; i < CLASS_COUNT; i++) {
    const record = classRecord(i);
    record.pages = record.used = record.free = 0;
  }
  for (let number = control.firstPage; number < control.endPage; number += pageAt(number).span) {
    const page = pageAt(number);
    if (page.state != PAGE_SPAN) continue;
    const record = classRecord(page.sizeClass);
    record.pages += page.span;
    record.used += page.used;
    record.free += ((<u32>page.span) << PAGE_SHIFT) / record.size - page.used;
  }
}

/** One number of the last census: STAT_*. A double, since bytes may pass 2^32. */
export function statisticOf(which: u32): f64 {
  const pages = <f64>(1 << PAGE_SHIFT);
  switch (which) {
    case STAT_RESERVED_BYTES:
      return <f64>control.endPage * pages;
    case STAT_USED_PAGE_BYTES:
      return <f64>control.pagesInUse * pages;
    case STAT_FREE_PAGE_BYTES:
      return <f64>control.freePages * pages;
    case STAT_TABLE_BYTES:
      return <f64>(control.firstPage + control.tablePages) * pages - bootstrapBitmapBytes();
    case STAT_BITMAP_BYTES:
      return <f64>control.bitmapPages * pages + bootstrapBitmapBytes();
    case STAT_LIVE_BYTES:
      return <f64>control.liveBytes;
    case STAT_LIVE_OBJECTS:
      return <f64>control.liveObjects;
    case STAT_LIVE_BLOCKS:
      return <f64>control.liveBlocks;
    case STAT_WEAKREFS:
      return <f64>control.weakrefs;
    default:
      return 0;
  }
}

/** Bitmaps that lie in the bootstrap area are not pages; they count as bitmaps all the same. */
function bootstrapBitmapBytes(): f64 {
  return control.bitmapPages ? 0 : BOOTSTRAP_BITMAP_BYTES;
}
