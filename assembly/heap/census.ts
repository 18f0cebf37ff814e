// The census for `stats`: counts blocks by type and by size class, in one walk over pages and one over objects.

import { PAGE_SHIFT, TYPE_BUFFER } from "../layout";
import { blockSize } from "../memory/blocks";
import { PAGE_SPAN, pageAt, usedOf } from "../memory/page";
import { CLASS_COUNT } from "../memory/size-class";
import { classRecord } from "../memory/span-lists";
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
    record.used += usedOf(page);
    record.free += ((<u32>page.span) << PAGE_SHIFT) / record.size - usedOf(page);
  }
}
