// Interning: of each text at most one string, as Python's `sys.intern`. The table of interned strings
// holds no references; a string that dies leaves it. Open addressing, linear probing, deletion that
// shifts back, as in address-map.ts, but that the key is the text and not the address.

import { BUFFER_DATA_OFFSET, FLAG_INTERNED } from "../layout";
import { freeBlock } from "../memory/blocks";
import { control } from "../control";
import { setFlag } from "../object/header";
import { copyStr } from "./atoms";
import { newBuffer } from "../heap/buffer";
import { areEqualTexts, hashOf } from "./key";
import { incref } from "../heap/count";

const FIRST_CAPACITY: u32 = 64;

function cellAt(index: u32): usize {
  return <usize>control.internBuffer + BUFFER_DATA_OFFSET + (index << 2);
}

/** Cell of the string equal to `text`, or the empty cell where it belongs. */
function find(text: usize): usize {
  const mask = control.internCapacity - 1;
  let index = hashOf(text) & mask;
  while (true) {
    const found = <usize>load<u32>(cellAt(index));
    if (!found || found == text || (hashOf(found) == hashOf(text) && areEqualTexts(found, text))) return cellAt(index);
    index = (index + 1) & mask;
  }
}

/** The interned string with this text, which may be a probe's. Owned; 0 = out of memory. */
export function intern(text: usize): usize {
  if (control.internCapacity) {
    const found = <usize>load<u32>(find(text));
    if (found) return incref(found) ? found : 0;
  }
  if (!reserve()) return 0;
  const string = copyStr(text);
  if (!string) return 0;
  setFlag(string, FLAG_INTERNED);
  store<u32>(find(string), <u32>string);
  control.internSize++;
  return string;
}

/** Whether the table leads to this string. */
export function isInTable(string: usize): bool {
  return control.internCapacity != 0 && <usize>load<u32>(find(string)) == string;
}

/** Makes sure that one more fits, and that one cell stays empty. */
function reserve(): bool {
  const capacity = control.internCapacity;
  if ((control.internSize + 1) * 3 <= capacity << 1) return true;
  return resize(capacity ? capacity << 1 : FIRST_CAPACITY) || control.internSize + 2 <= capacity;
}

/** Gives memory back that a smaller table can do without; if there is none to move to, it stays. */
export function shrinkTo(capacity: u32): void {
  if (capacity < control.internCapacity && control.internSize * 3 <= capacity << 1) resize(capacity);
}

function resize(capacity: u32): bool {
  const buffer = newBuffer(capacity << 2);
  if (!buffer) return false;
  memory.fill(buffer + BUFFER_DATA_OFFSET, 0, capacity << 2);
  const old = control.internBuffer;
  const oldCapacity = control.internCapacity;
  control.internBuffer = <u32>buffer;
  control.internCapacity = capacity;
  for (let i: u32 = 0; i < oldCapacity; i++) {
    const string = load<u32>(<usize>old + BUFFER_DATA_OFFSET + (i << 2));
    if (string) store<u32>(find(string), string);
  }
  if (old) freeBlock(old);
  return true;
}

/** Takes a dying string out of the table. */
export function forgetInterned(string: usize): void {
  let hole = (<u32>(find(string) - cellAt(0))) >>> 2;
  control.internSize--;
  if (control.internSize == 0) {
    freeBlock(control.internBuffer);
    control.internBuffer = control.internCapacity = 0;
    return;
  }
  const mask = control.internCapacity - 1;
  let index = hole;
  while (true) {
    index = (index + 1) & mask;
    const next = load<u32>(cellAt(index));
    if (!next) break;
    // Strings stay reachable from their home: only one whose home is not behind the hole moves.
    if (((index - hashOf(next)) & mask) < ((index - hole) & mask)) continue;
    store<u32>(cellAt(hole), next);
    hole = index;
  }
  store<u32>(cellAt(hole), 0);
  if (control.internSize << 3 < control.internCapacity) shrinkTo(control.internCapacity >>> 1);
}
