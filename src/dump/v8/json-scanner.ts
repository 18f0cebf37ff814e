/** Finds the ends of JSON values in bytes without parsing them. */

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Bytes of strings that are decoded together: calls for single strings cost more than the decoding. */
export const STRINGS_AT_ONCE = 1 << 20;

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Finds the end of one value across chunks. Examines only brackets and quotes. */
export class ValueScanner {
  /** The value is neither a string nor in brackets: it ends at the next separator. */
  readonly isPlain: boolean;
  isClosed = false;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  constructor(first: number) {
    this.isPlain = first !== QUOTE && first !== OPEN_BRACKET && first !== OPEN_BRACE;
  }

  /** The position behind the value, or the length of the chunk if the value continues. */
  scan(chunk: Uint8Array, position: number): number {
    for (; position < chunk.length; position++) {
      const byte = chunk[position] as number;
      if (this.isPlain) {
        if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte)) {
          this.isClosed = true;
          return position;
        }
      } else if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) {
          this.#isInString = false;
          if (this.#depth === 0) return this.#close(position);
        }
      } else if (byte === QUOTE) this.#isInString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++;
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --this.#depth === 0) return this.#close(position);
    }
    return position;
  }

  #close(position: number): number {
    this.isClosed = true;
    return position + 1;
  }
}

/**
 * Finds the last string of a list that ends in this chunk, and returns the position behind it. `begin` is the start of a
 * string, and the result if none ends in the chunk. Stops early after a batch.
 */
export function endOfStrings(chunk: Uint8Array, begin: number): number {
  let position = begin;
  let end = begin;
  for (;;) {
    if (chunk[position] !== QUOTE) return end;
    position++;
    for (; position < chunk.length; position++) {
      const byte = chunk[position] as number;
      if (byte === BACKSLASH) position++;
      else if (byte === QUOTE) break;
    }
    if (position >= chunk.length) return end;
    end = ++position;
    while (position < chunk.length && isSpace(chunk[position] as number)) position++;
    if (chunk[position] !== COMMA || end - begin >= STRINGS_AT_ONCE) return end;
    position++;
    while (position < chunk.length && isSpace(chunk[position] as number)) position++;
  }
}
