// Numbers of JSON, as JSON.parse would round them. A double is exact if at most 2^53 is multiplied with, or divided by,
// a power of ten that is exact too (Clinger's fast path). The host rounds the others.

import { PARSE_DIGIT, PARSE_LAST, PARSE_MEMORY, PARSE_MORE, PARSE_NUMBER, PARSE_WITH_BIGINTS } from "../layout";
import { Load } from "./state";
import { createFloat, createInt } from "../values/atoms";

/** Maximal number of digits that fit 64 bits. */
const MOST_DIGITS: u32 = 19;
/** The largest power of ten that is exact in a double. */
const MOST_EXACT_POWER: i32 = 22;
/** Far beyond the exponents of a double, and far below an overflow when it is added to. */
const MOST_EXPONENT: i32 = 100_000_000;
const MAX_EXACT: u64 = 1 << 53;

/**
 * Parses the number at `at`. Returns it, owned, and sets `tokenEnd`. 0: the status says why. If that is PARSE_MORE, the text
 * ends before the number does, and `tokenEnd` is 0.
 */
export function parseNumber(state: Load, at: usize, end: usize, flags: u32): usize {
  const isLast = (flags & PARSE_LAST) != 0;
  const isNegative = load<u8>(at) == 0x2d;
  if (isNegative) at++;
  let whole: u64 = 0;
  let digits: u32 = 0;
  let exponent: i32 = 0;
  let digit = digitAt(at, end);
  if (digit > 9) return lacks(state, at, end, isLast);
  if (digit == 0) at++;
  else
    for (; digit <= 9; digit = digitAt(at, end)) {
      whole = whole * 10 + digit;
      digits++;
      at++;
    }
  let isInt = true;
  if (at < end && load<u8>(at) == 0x2e) {
    isInt = false;
    digit = digitAt(++at, end);
    if (digit > 9) return lacks(state, at, end, isLast);
    for (; digit <= 9; digit = digitAt(at, end)) {
      whole = whole * 10 + digit;
      if (digits || digit) digits++;
      if (exponent > -MOST_EXPONENT) exponent--;
      at++;
    }
  }
  if (at < end && (load<u8>(at) | 0x20) == 0x65) {
    isInt = false;
    at++;
    let isDown = false;
    if (at < end) {
      const sign = load<u8>(at);
      isDown = sign == 0x2d;
      if (isDown || sign == 0x2b) at++;
    }
    digit = digitAt(at, end);
    if (digit > 9) return lacks(state, at, end, isLast);
    let power: i32 = 0;
    for (; digit <= 9; digit = digitAt(at, end)) {
      if (power < MOST_EXPONENT) power = power * 10 + <i32>digit;
      at++;
    }
    exponent += isDown ? -power : power;
  }
  if (at >= end && !isLast) return lacks(state, at, end, isLast);
  state.tokenEnd = <u32>at;
  let value: f64;
  if (digits > MOST_DIGITS) return leave(state, PARSE_NUMBER);
  if (isInt || whole == 0) {
    // Rounding 64 bits to a double is exact. A value rounded to 2^53 becomes an int, like the double would.
    value = <f64>whole;
    if (whole == 0 && isNegative) return owned(state, createFloat(-value));
    if (value <= <f64>MAX_EXACT && !(flags & PARSE_WITH_BIGINTS)) whole = <u64>value;
    const limit = flags & PARSE_WITH_BIGINTS ? <u64>i64.MAX_VALUE + <u64>isNegative : MAX_EXACT;
    if (whole <= limit) return owned(state, createInt(isNegative ? -(<i64>whole) : <i64>whole));
  } else if (whole <= MAX_EXACT && exponent >= -MOST_EXACT_POWER && exponent <= MOST_EXACT_POWER) {
    const power = powerOfTen(exponent < 0 ? -exponent : exponent);
    value = exponent < 0 ? <f64>whole / power : <f64>whole * power;
    if (value <= <f64>MAX_EXACT && trunc(value) == value)
      return owned(state, createInt(isNegative ? -(<i64>value) : <i64>value));
  } else return leave(state, PARSE_NUMBER);
  return owned(state, createFloat(isNegative ? -value : value));
}


@inline
function digitAt(at: usize, end: usize): u32 {
  return at < end ? <u32>load<u8>(at) - 0x30 : u32.MAX_VALUE;
}

/** Exact up to 10^22. */
@inline
function powerOfTen(exponent: i32): f64 {
  let power: f64 = 1;
  for (; exponent > 0; exponent--) power *= 10;
  return power;
}

/** A digit is missing at `at`; or the text ends within a number that may continue. */
function lacks(state: Load, at: usize, end: usize, isLast: bool): usize {
  const isCut = at >= end && !isLast;
  state.status = isCut ? PARSE_MORE : PARSE_DIGIT;
  state.tokenEnd = isCut ? 0 : <u32>at;
  return 0;
}

function leave(state: Load, status: u32): usize {
  state.status = status;
  return 0;
}

function owned(state: Load, object: usize): usize {
  if (!object) state.status = PARSE_MEMORY;
  return object;
}
