import { hashOfText } from "../image/hash.js";
import { BadValueError } from "../base/errors.js";
import { isWellFormed } from "../base/well-formed.js";
import { encode } from "./texts.js";

/** A text that was looked for. */
export interface TextKey {
  readonly hash: number;
  readonly bytes: Uint8Array;
  /** Address of an equal key that was met last; 0 = none. Most keys are interned, so it is met again. */
  address: number;
}

/** Texts that are kept, and the most characters of one. */
const MOST_KEYS = 16_384;
const LONGEST = 256;

/** Texts that were looked for. To encode and hash one takes ten times as long as to find it again. */
export class KeyCache {
  readonly #keys = new Map<string, TextKey>();

  /** @throws {@link BadValueError} for a text that UTF-8 cannot encode. */
  of(text: string, seed: number): TextKey {
    const kept = this.#keys.get(text);
    if (kept !== undefined) return kept;
    if (!isWellFormed(text)) throw new BadValueError("a string has a lone surrogate, which UTF-8 cannot encode");
    const bytes = encode(text);
    const key = { hash: hashOfText(bytes, seed) | 0, bytes, address: 0 };
    if (text.length <= LONGEST) {
      if (this.#keys.size >= MOST_KEYS) this.#keys.clear();
      this.#keys.set(text, key);
    }
    return key;
  }
}
