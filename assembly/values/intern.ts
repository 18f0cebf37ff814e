// Interning: at most one string for each text, as Python's `sys.intern`. The table of interned strings holds no
// references: a string that dies leaves it.

import { FLAG_INTERNED } from "../layout";
import { Control, control } from "../control";
import { setFlag } from "../object/header";
import { incref } from "../heap/count";
import { HashTable, firstCell, insert, nextCell, remove, reserve, shrinkTo, trim, valueOf } from "../heap/hash-table";
import { copyStr } from "./atoms";
import { areEqualTexts, hashOfText } from "./atom-key";

/** Hash → string. */
function strings(): HashTable {
  return changetype<HashTable>(changetype<usize>(control) + offsetof<Control>("internBuffer"));
}

/** The cell of the string that equals `text`, or 0. */
function find(text: usize): usize {
  const table = strings();
  const hash = hashOfText(text);
  let cell = firstCell(table, hash);
  while (cell && !areEqualTexts(valueOf(cell), text)) cell = nextCell(table, hash, cell);
  return cell;
}

/** The interned string with this text, owned; 0 = out of memory. The text may be a borrowed key. */
export function intern(text: usize): usize {
  const cell = find(text);
  if (cell) {
    const found = <usize>valueOf(cell);
    return incref(found) ? found : 0;
  }
  if (!reserve(strings())) return 0;
  const string = copyStr(text);
  if (!string) return 0;
  setFlag(string, FLAG_INTERNED);
  insert(strings(), hashOfText(string), <u32>string);
  return string;
}

/** Whether the table contains this string. */
export function isInTable(string: usize): bool {
  const cell = find(string);
  return cell != 0 && <usize>valueOf(cell) == string;
}

/** Shrinks the table if most of it is unused. */
export function trimInterned(): void {
  trim(strings());
}

/** Shrinks the table to `capacity` cells, if the strings fit. */
export function shrinkInterned(capacity: u32): void {
  shrinkTo(strings(), capacity);
}

/** Takes a dying string out of the table. */
export function forgetInterned(string: usize): void {
  remove(strings(), find(string));
}
