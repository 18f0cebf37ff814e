// Strings of JSON: their ends, their validity, and their values.

import { PARSE_CONTROL, PARSE_ESCAPE, PARSE_HEX, PARSE_MORE, PARSE_SURROGATE, PARSE_UTF8 } from "../layout";
import { Load } from "./state";

/** Results of `hexUnit` and `sequenceAt`: the text ends too early; the text is wrong. */
const CUT: i32 = -1;
const WRONG: i32 = -2;

/**
 * Finds the closing quote of the string whose text begins at `at`. Sets the load's `size`, the bytes of the string's value,
 * and `longer`. 0: the status says why; if it is not PARSE_MORE, `tokenEnd` says where.
 */
export function endOfString(state: Load, at: usize, end: usize): usize {
  const start = at;
  let saved: u32 = 0;
  while (true) {
    at = skipPlain(at, end);
    if (at >= end) return fail(state, at, PARSE_MORE);
    const char: u32 = load<u8>(at);
    if (char == 0x22) {
      state.size = <u32>(at - start) - saved;
      state.longer = saved;
      return at;
    }
    if (char == 0x5c) {
      if (at + 2 > end) return fail(state, at, PARSE_MORE);
      const escape: u32 = load<u8>(at, 1);
      if (escape != 0x75) {
        if (!meaningOf(escape)) return fail(state, at, PARSE_ESCAPE);
        saved++;
        at += 2;
        continue;
      }
      const unit = hexUnit(at + 2, end);
      if (unit < 0) return fail(state, at, unit == CUT ? PARSE_MORE : PARSE_HEX);
      if ((unit & 0xf800) != 0xd800) {
        saved += 6 - (unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3);
        at += 6;
        continue;
      }
      if (unit >= 0xdc00) return fail(state, at, PARSE_SURROGATE);
      if (at + 6 >= end) return fail(state, at, PARSE_MORE);
      if (load<u8>(at, 6) != 0x5c) return fail(state, at, PARSE_SURROGATE);
      if (at + 7 >= end) return fail(state, at, PARSE_MORE);
      if (load<u8>(at, 7) != 0x75) return fail(state, at, PARSE_SURROGATE);
      const low = hexUnit(at + 8, end);
      if (low == CUT) return fail(state, at, PARSE_MORE);
      if (low == WRONG) return fail(state, at + 6, PARSE_HEX);
      if ((low & 0xfc00) != 0xdc00) return fail(state, at, PARSE_SURROGATE);
      saved += 8;
      at += 12;
      continue;
    }
    if (char < 0x20) return fail(state, at, PARSE_CONTROL);
    if (char < 0x80) {
      at++;
      continue;
    }
    const length = sequenceAt(at, end);
    if (length < 0) return fail(state, at, length == CUT ? PARSE_MORE : PARSE_UTF8);
    at += length;
  }
}

function fail(state: Load, at: usize, status: u32): usize {
  state.status = status;
  state.tokenEnd = <u32>at;
  return 0;
}

/** Skips ordinary characters, eight bytes at a time: no quotes, backslashes, control characters or longer sequences. */
@inline
function skipPlain(at: usize, end: usize): usize {
  while (at + 8 <= end) {
    const marks = marksIn(load<u64>(at));
    if (marks) return at + <usize>(ctz(marks) >>> 3);
    at += 8;
  }
  return at;
}

/** The top bit of each byte that is a quote, a backslash, a control character or not ASCII. Correct up to the first of these bytes. */
@inline
function marksIn(word: u64): u64 {
  const ones: u64 = 0x0101010101010101;
  const quotes = word ^ (ones * 0x22);
  const slashes = word ^ (ones * 0x5c);
  const found = ((quotes - ones) & ~quotes) | ((slashes - ones) & ~slashes) | ((word - ones * 0x20) & ~word) | word;
  return found & (ones << 7);
}

/** The byte that an escape of one letter stands for; 0 = the escape does not exist. */
function meaningOf(escape: u32): u32 {
  switch (escape) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return escape;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
  }
  return 0;
}

/** Four hexadecimal digits; or CUT, WRONG. */
function hexUnit(at: usize, end: usize): i32 {
  let unit: i32 = 0;
  for (let i = 0; i < 4; i++, at++) {
    if (at >= end) return CUT;
    const char: u32 = load<u8>(at);
    let digit = char - 0x30;
    if (digit > 9) {
      digit = (char | 0x20) - 0x61;
      if (digit > 5) return WRONG;
      digit += 10;
    }
    unit = (unit << 4) | (<i32>digit);
  }
  return unit;
}

/** Bytes of the UTF-8 of a code point beyond ASCII; or CUT, WRONG. */
function sequenceAt(at: usize, end: usize): i32 {
  const lead: u32 = load<u8>(at);
  if (lead < 0xc2 || lead > 0xf4) return WRONG;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + 1 >= end) return CUT;
  const second: u32 = load<u8>(at, 1);
  // Reject overlong encodings, halves of surrogate pairs, and code points beyond U+10FFFF.
  const least: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const most: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return WRONG;
  for (let i = 2; i < length; i++) {
    if (at + i >= end) return CUT;
    if ((load<u8>(at + i) & 0xc0) != 0x80) return WRONG;
  }
  return length;
}

/** Writes the value of a string whose end `endOfString` has found. */
export function copyString(state: Load, from: usize, quote: usize, to: usize): void {
  if (!state.longer) {
    memory.copy(to, from, quote - from);
    return;
  }
  while (from < quote) {
    const char: u32 = load<u8>(from++);
    if (char != 0x5c) {
      store<u8>(to++, <u8>char);
      continue;
    }
    const escape: u32 = load<u8>(from++);
    if (escape != 0x75) {
      store<u8>(to++, <u8>meaningOf(escape));
      continue;
    }
    let point = <u32>hexUnit(from, quote);
    from += 4;
    if ((point & 0xfc00) == 0xd800) {
      point = 0x10000 + ((point & 0x3ff) << 10) + ((<u32>hexUnit(from + 2, quote)) & 0x3ff);
      from += 6;
    }
    to = writePoint(point, to);
  }
}

/** Writes the UTF-8 of a code point. Returns where it ends. */
function writePoint(point: u32, to: usize): usize {
  if (point < 0x80) {
    store<u8>(to, <u8>point);
    return to + 1;
  }
  const more: u32 = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  store<u8>(to++, <u8>((0x7f80 >> more) | (point >> (6 * more))));
  for (let shift = 6 * more; shift;) {
    shift -= 6;
    store<u8>(to++, <u8>(0x80 | ((point >> shift) & 0x3f)));
  }
  return to;
}
