// Parsing: JSON text (RFC 8259) becomes objects without a stream of operations between them.
//
// The host writes UTF-8 into a loan, in pieces that may end anywhere. The parser reads token by token, and changes nothing
// before a token is complete: the next call begins where it stopped. The load stores what may come next and all open
// containers, so only an unfinished token must be kept from one piece to the next.

import {
  BORROWED_TEXT_SIZE,
  LOAD_DICT,
  LOAD_LIST,
  ORIGIN_OBJECT,
  PARSE_LAST,
  PARSE_MEMORY,
  PARSE_MORE,
  PARSE_NUMBER,
  PARSE_UNWANTED,
  STR_BYTES_OFFSET,
  TYPE_LIST,
  TYPE_STR,
  WANT_COLON,
  WANT_FIRST_NAME,
  WANT_ITEM,
  WANT_ITEM_COMMA,
  WANT_NAME,
  WANT_NOTHING,
  WANT_PAIR_COMMA,
  WANT_VALUE,
} from "./layout";
import { control } from "./control";
import { release } from "./death/death";
import { checkAlive, checkLoan } from "./doors/checks";
import { incref } from "./heap/count";
import { Load, open, putOwned } from "./loading/state";
import { typeIdOf } from "./object/header";
import { parseNumber } from "./loading/number";
import { copyString, endOfString } from "./loading/string";
import { needRoom } from "./room";
import { createText } from "./values/atoms";
import { borrowText, borrowedBytes } from "./values/borrowed-key";
import { intern } from "./values/intern";

/**
 * Parses the text in `[at, end)`, behind which 8 more bytes may be read. Returns where it stopped; the load's status says
 * why: PARSE_*. `flags`: PARSE_WITH_BIGINTS, PARSE_LAST.
 */
export function parseLoad(address: usize, at: usize, end: usize, flags: u32): usize {
  checkLoan(address, offsetof<Load>(), 0);
  needRoom();
  return parse(changetype<Load>(address), at, end, flags);
}

/** Continues with a value that the host has created, and takes its reference. False = out of memory, and the value is released. */
export function parsedValue(address: usize, value: usize): bool {
  checkLoan(address, offsetof<Load>(), 0);
  checkAlive(value);
  needRoom();
  return give(changetype<Load>(address), value);
}

function parse(state: Load, at: usize, end: usize, flags: u32): usize {
  state.status = PARSE_MORE;
  while (true) {
    let char: u32 = 0;
    for (; at < end; at++) {
      char = load<u8>(at);
      if (char > 0x20) break;
      if (char == 0x0a) {
        state.lines++;
        state.lineStart = <u32>at + 1;
      } else if (char != 0x20 && char != 0x0d && char != 0x09) return stop(state, at, PARSE_UNWANTED);
    }
    if (at >= end) return at;
    switch (state.want) {
      case WANT_ITEM_COMMA:
        if (char == 0x2c) state.want = WANT_VALUE;
        else if (char == 0x5d) close(state);
        else return stop(state, at, PARSE_UNWANTED);
        at++;
        continue;
      case WANT_PAIR_COMMA:
        if (char == 0x2c) state.want = WANT_NAME;
        else if (char == 0x7d) close(state);
        else return stop(state, at, PARSE_UNWANTED);
        at++;
        continue;
      case WANT_COLON:
        if (char != 0x3a) return stop(state, at, PARSE_UNWANTED);
        state.want = WANT_VALUE;
        at++;
        continue;
      case WANT_FIRST_NAME:
      case WANT_NAME:
        if (char == 0x22) {
          const quote = endOfString(state, at + 1, end);
          if (!quote) return state.status == PARSE_MORE ? at : state.tokenEnd;
          const name = nameIn(state, at + 1, quote);
          if (!name) return stop(state, at, PARSE_MEMORY);
          state.name = state.key = <u32>name;
          state.want = WANT_COLON;
          at = quote + 1;
          continue;
        }
        if (char != 0x7d || state.want == WANT_NAME) return stop(state, at, PARSE_UNWANTED);
        close(state);
        at++;
        continue;
      case WANT_NOTHING:
        return stop(state, at, PARSE_UNWANTED);
    }
    let value: usize = 0;
    let next = at + 1;
    switch (char) {
      case 0x22: {
        const quote = endOfString(state, next, end);
        if (!quote) return state.status == PARSE_MORE ? at : state.tokenEnd;
        value = createText(TYPE_STR, state.size);
        if (value) copyString(state, next, quote, value + STR_BYTES_OFFSET);
        next = quote + 1;
        break;
      }
      case 0x5b:
      case 0x7b: {
        const isList = char == 0x5b;
        if (!open(state, isList ? LOAD_LIST : LOAD_DICT, 0, ORIGIN_OBJECT)) return stop(state, at, PARSE_MEMORY);
        dropName(state);
        state.want = isList ? WANT_ITEM : WANT_FIRST_NAME;
        at = next;
        continue;
      }
      case 0x5d:
        if (state.want != WANT_ITEM) return stop(state, at, PARSE_UNWANTED);
        close(state);
        at = next;
        continue;
      case 0x74: // true
      case 0x6e: // null
      case 0x66: {
        // false
        const from = char == 0x66 ? next : at;
        if (from + 4 > end) return stop(state, at, flags & PARSE_LAST ? PARSE_UNWANTED : PARSE_MORE);
        const rest = load<u32>(from);
        if (char == 0x74 && rest == 0x65757274) value = control.trueObject;
        else if (char == 0x6e && rest == 0x6c6c756e) value = control.none;
        else if (char == 0x66 && rest == 0x65736c61) value = control.falseObject;
        else return stop(state, at, PARSE_UNWANTED);
        next = from + 4;
        incref(value);
        break;
      }
      default:
        if (char != 0x2d && char - 0x30 > 9) return stop(state, at, PARSE_UNWANTED);
        value = parseNumber(state, at, end, flags);
        if (state.status != PARSE_MORE)
          return state.status == PARSE_MEMORY || state.status == PARSE_NUMBER ? at : state.tokenEnd;
        next = state.tokenEnd;
        if (!next) return at;
    }
    if (!value || !give(state, value)) return stop(state, at, PARSE_MEMORY);
    at = next;
  }
}

function stop(state: Load, at: usize, status: u32): usize {
  state.status = status;
  return at;
}

/**
 * Closes the innermost container. The load holds it no longer, so that what a later pair of the same name replaces is free at once:
 * no operation refers to it by its number, as those of a copy do. The outermost is the result.
 */
function close(state: Load): void {
  state.depth--;
  valueIsOver(state);
  if (!state.depth) return;
  state.memoSize--;
  release(load<u32>(<usize>state.memo + (state.memoSize << 2)));
}

function valueIsOver(state: Load): void {
  if (!state.depth) {
    state.want = WANT_NOTHING;
    return;
  }
  const into = load<u32>(<usize>state.stack + ((state.depth - 1) << 2));
  state.want = typeIdOf(into) == TYPE_LIST ? WANT_ITEM_COMMA : WANT_PAIR_COMMA;
}

/** Puts a value into the innermost container, together with its reference. False = out of memory, and the value is released. */
function give(state: Load, value: usize): bool {
  if (!state.depth) {
    state.atom = <u32>value;
    valueIsOver(state);
    return true;
  }
  if (!putOwned(state, value)) {
    release(value);
    return false;
  }
  dropName(state);
  valueIsOver(state);
  return true;
}

function dropName(state: Load): void {
  const name = state.name;
  if (!name) return;
  state.name = 0;
  release(name);
}

/** The interned string of a name, owned; 0 = out of memory. */
function nameIn(state: Load, from: usize, quote: usize): usize {
  const size = state.size;
  if (size <= <u32>BORROWED_TEXT_SIZE) {
    copyString(state, from, quote, borrowedBytes());
    return intern(borrowText(TYPE_STR, size));
  }
  const text = createText(TYPE_STR, size);
  if (!text) return 0;
  copyString(state, from, quote, text + STR_BYTES_OFFSET);
  const name = intern(text);
  release(text);
  return name;
}
