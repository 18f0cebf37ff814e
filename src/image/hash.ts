/** The core's hashes of strings, bytes and numbers (assembly/values/atom-key.ts), computed in 32-bit halves. */

const LOW = 0x7f4a7c15;
const HIGH = 0x9e3779b9;

let low = 0;
let high = 0;

/** Multiplies `high:low` by the constant, keeps the low 64 bits, and folds the high half into the low one. */
function fold(): void {
  // The product of the low halves, 16 bits at a time: all sums are exact in a double.
  const a = low & 0xffff;
  const b = low >>> 16;
  const lowest = a * (LOW & 0xffff);
  const middle = a * (LOW >>> 16) + b * (LOW & 0xffff) + Math.floor(lowest / 0x10000);
  const carry = b * (LOW >>> 16) + Math.floor(middle / 0x10000);
  const newLow = (middle % 0x10000) * 0x10000 + (lowest % 0x10000);
  const newHigh = (Math.imul(low, HIGH) + Math.imul(high, LOW) + (carry | 0)) >>> 0;
  high = newHigh;
  low = (newLow ^ newHigh) >>> 0;
}

/** Hash of a text's bytes; never 0. */
export function hashOfText(bytes: Uint8Array, seed: number): number {
  const { length } = bytes;
  low = length >>> 0;
  high = seed >>> 0;
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    low = (low ^ wordAt(bytes, at)) >>> 0;
    high = (high ^ wordAt(bytes, at + 4)) >>> 0;
    fold();
  }
  let restLow = 0;
  let restHigh = 0;
  for (; at < length; at++) {
    restHigh = ((restHigh << 8) | (restLow >>> 24)) >>> 0;
    restLow = ((restLow << 8) | (bytes[at] as number)) >>> 0;
  }
  low = (low ^ restLow) >>> 0;
  high = (high ^ restHigh) >>> 0;
  fold();
  fold();
  return low === 0 ? 1 : low;
}

/** Hash of 64 bits (`hashOfWord` of assembly/values/atom-key.ts): its low half. `highHalf` returns the high one. */
export function hashOfWord(lowBits: number, highBits: number, seed: number): number {
  low = lowBits >>> 0;
  high = (highBits ^ seed) >>> 0;
  fold();
  fold();
  return low;
}

/** The high half of the latest hash. */
export function highHalf(): number {
  return high;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
