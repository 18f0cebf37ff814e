// Doors: atoms, interned strings, and keys that are not objects.

import { FLAG_BIGINT, TYPE_BYTES, TYPE_STR } from "../layout";
import { control } from "../control";
import { needRoom } from "../room";
import { codePointsOf, copyStr, createFloat, createInt, createText } from "../values/atoms";
import {
  borrowFloat as borrowedFloat,
  borrowInt as borrowedInt,
  borrowText,
  borrowedBytes,
} from "../values/borrowed-key";
import { intern as internText, shrinkInterned as shrinkInternedTo } from "../values/intern";
import { checkKey, checkBorrowedLength, checkStr } from "./checks";

function int64(low: u32, high: u32): i64 {
  return ((<i64>high) << 32) | low;
}

export function newInt(low: u32, high: u32, isBigint: u32): usize {
  needRoom();
  return createInt(int64(low, high), isBigint ? FLAG_BIGINT : 0);
}

export function newFloat(value: f64): usize {
  needRoom();
  return createFloat(value);
}

export function newStr(byteLength: u32): usize {
  needRoom();
  return createText(TYPE_STR, byteLength);
}

export function newBytes(byteLength: u32): usize {
  needRoom();
  return createText(TYPE_BYTES, byteLength);
}

export function strFromBorrowed(byteLength: u32): usize {
  checkBorrowedLength(byteLength);
  needRoom();
  return copyStr(borrowText(TYPE_STR, byteLength));
}

export function strLength(string: usize): u32 {
  checkStr(string);
  return codePointsOf(string);
}

export function intern(text: usize): usize {
  checkKey(text);
  needRoom();
  return internText(text);
}

export function shrinkInterned(capacity: u32): void {
  needRoom();
  shrinkInternedTo(capacity);
}

// ---- Borrowed keys. They lie outside the heap.

export function borrowedText(): usize {
  return borrowedBytes();
}

export function borrowStr(byteLength: u32): usize {
  checkBorrowedLength(byteLength);
  return borrowText(TYPE_STR, byteLength);
}

export function borrowBytes(byteLength: u32): usize {
  checkBorrowedLength(byteLength);
  return borrowText(TYPE_BYTES, byteLength);
}

export function borrowInt(low: u32, high: u32, isBigint: u32): usize {
  return borrowedInt(int64(low, high), isBigint ? FLAG_BIGINT : 0);
}

export function borrowFloat(value: f64): usize {
  return borrowedFloat(value);
}

export function setHashSeed(seed: u32): void {
  control.hashSeed = seed;
}
