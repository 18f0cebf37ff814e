/**
 * XXH32, after the specification of xxHash (Y. Collet, 2012). It is fast and detects damaged bytes. It does not protect
 * against an attacker, who can change the checksum together with the bytes.
 */
const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

/** A checksum computed piece by piece. Pieces begin at a multiple of 4; all but the last are a multiple of 16 bytes long. */
export class Checksum {
  #a = (PRIME_1 + PRIME_2) | 0;
  #b = PRIME_2 | 0;
  #c = 0;
  #d = -PRIME_1 | 0;
  #length = 0;
  #rest: Uint8Array = new Uint8Array();

  add(bytes: Uint8Array): this {
    const stripes = bytes.length >>> 4;
    const words = wordsOf(bytes, stripes * 4);
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let d = this.#d;
    for (let i = 0; i < words.length; i += 4) {
      a = round(a, words[i] as number);
      b = round(b, words[i + 1] as number);
      c = round(c, words[i + 2] as number);
      d = round(d, words[i + 3] as number);
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
    this.#length += bytes.length;
    this.#rest = bytes.subarray(stripes << 4);
    return this;
  }

  /** The checksum, as an unsigned 32-bit number. */
  end(): number {
    let hash =
      this.#length >= 16
        ? rotate(this.#a, 1) + rotate(this.#b, 7) + rotate(this.#c, 12) + rotate(this.#d, 18)
        : PRIME_5;
    hash = (hash + this.#length) | 0;
    const rest = this.#rest;
    let at = 0;
    for (; at + 4 <= rest.length; at += 4) {
      const word = wordsOf(rest.subarray(at, at + 4), 1)[0] as number;
      hash = Math.imul(rotate((hash + Math.imul(word, PRIME_3)) | 0, 17), PRIME_4);
    }
    for (; at < rest.length; at++)
      hash = Math.imul(rotate((hash + Math.imul(rest[at] as number, PRIME_5)) | 0, 11), PRIME_1);
    hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

export function checksumOf(bytes: Uint8Array): number {
  return new Checksum().add(bytes).end();
}

/** The first `count` words of `bytes`, copied if they are not aligned. (All relevant engines are little-endian.) */
function wordsOf(bytes: Uint8Array, count: number): Uint32Array {
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  return new Uint32Array(bytes.slice(0, count * 4).buffer);
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);
}
function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
