import { FLAG_INTERNED, INFO_OFFSET, STR_BYTES_OFFSET, STR_LENGTH_OFFSET } from "../../assembly/layout.js";
import { withinEngine } from "../base/arguments.js";
import { BadIndexError, BadValueError, describe } from "../base/errors.js";
import { isBytes, lengthOf } from "../base/untrusted.js";
import type { Address } from "../wasm/exports.js";
import { Handle } from "./handle.js";

/** Handle of a Python `str`: a text of code points, which lies in the heap as UTF-8. */
export class StrHandle extends Handle {
  /** Number of code points, as Python's `len`. Counts them. */
  get length(): number {
    return this.store.core.strLength(this.address) >>> 0;
  }

  /** Number of bytes of its UTF-8. */
  get byteLength(): number {
    return this.store.memory.word(this.address + STR_LENGTH_OFFSET);
  }

  /** Whether it is the one string with its text that `heap.intern` gives. */
  get isInterned(): boolean {
    return (this.store.memory.word(this.address + INFO_OFFSET) & FLAG_INTERNED) !== 0;
  }

  /**
   * The text, as a string of JavaScript.
   *
   * @example
   * using name = heap.str("Alice");
   * name.toJS(); // "Alice"
   */
  override toJS(): string {
    return this.store.memory.readString(this.address);
  }

  /**
   * The text itself, as Python's `str`.
   *
   * @example
   * using name = heap.str("Alice");
   * `Hello, ${name}`; // "Hello, Alice"
   */
  override toString(): string {
    return this.toJS();
  }
}

/** A class that extends `Uint8Array` may have another method of that name. */
// eslint-disable-next-line @typescript-eslint/unbound-method
const { set: TYPED_ARRAY_SET } = Uint8Array.prototype;

/** Handle of Python `bytes`: they never change. */
export class BytesHandle extends Handle {
  /** Number of bytes. */
  get length(): number {
    return this.store.memory.word(this.address + STR_LENGTH_OFFSET);
  }

  /**
   * Byte at an index; negative ones count from the end.
   *
   * @example
   * using bytes = heap.bytes(Uint8Array.of(1, 2, 255));
   * bytes.get(-1); // 255
   *
   * @throws {@link BadIndexError}
   */
  get(index: number): number {
    const { length } = this;
    const resolved = typeof index === "number" && index < 0 ? index + length : index;
    if (!Number.isInteger(resolved) || resolved < 0 || resolved >= length)
      throw new BadIndexError(`no byte ${describe(index)} in bytes of ${length}`);
    return this.store.memory.u8[this.address + STR_BYTES_OFFSET + resolved] as number;
  }

  /**
   * Byte at an index, or `undefined` if there is none: as `at` of an array. Negative indexes count from the end.
   *
   * @example
   * using bytes = heap.bytes(Uint8Array.of(1, 2));
   * bytes.at(-1); // 2
   * bytes.at(5); // undefined: `get` would throw
   *
   * @throws {@link BadIndexError} unless the index is a whole number.
   */
  at(index: number): number | undefined {
    if (!Number.isInteger(index)) throw new BadIndexError(`an index is a whole number, not ${describe(index)}`);
    const { length } = this;
    return index < length && index >= -length ? this.get(index) : undefined;
  }

  /**
   * A copy of the bytes from `start` to before `end`, as `slice` of a `Uint8Array`. Negative indexes count from the end.
   *
   * @example
   * using bytes = heap.bytes(Uint8Array.of(1, 2, 3));
   * bytes.slice(-2); // [2, 3]
   *
   * @throws {@link BadIndexError}
   */
  slice(start = 0, end = Infinity): Uint8Array {
    const [from, to] = this.#range(start, end);
    return withinEngine("this value", () => this.store.memory.u8.slice(from, to));
  }

  /**
   * Copies the bytes from `start` to before `end` into an array of the program's, and makes no array for it. What does not
   * fit is not copied.
   *
   * @example
   * using bytes = heap.bytes(Uint8Array.of(1, 2, 3));
   * const chunk = new Uint8Array(8);
   * const written = bytes.copyTo(chunk, 4); // 3
   *
   * @param target Where the bytes are written, from `at` on.
   * @returns How many bytes were copied.
   * @throws {@link BadIndexError}; {@link BadValueError} if `target` is no `Uint8Array`.
   */
  copyTo(target: Uint8Array, at = 0, start = 0, end = Infinity): number {
    if (!isBytes(target)) throw new BadValueError(`expected a Uint8Array to copy to, got ${describe(target)}`);
    const [from, to] = this.#range(start, end);
    const room = lengthOf(target);
    if (!Number.isInteger(at) || at < 0 || at > room)
      throw new BadIndexError(`no place ${describe(at)} in an array of ${room} bytes`);
    const count = Math.min(to - from, room - at);
    // A detached array refuses even nothing.
    if (count > 0) TYPED_ARRAY_SET.call(target, this.store.memory.u8.subarray(from, from + count), at);
    return count;
  }

  /** Addresses of the first byte of a slice, and behind its last. */
  #range(start: number, end: number): [from: Address, to: Address] {
    const { length } = this;
    const [from, to] = [start, end].map((index) => {
      if (!Number.isInteger(index) && index !== Infinity && index !== -Infinity)
        throw new BadIndexError(`an index is a whole number, not ${describe(index)}`);
      return Math.max(0, Math.min(index < 0 ? index + length : index, length));
    }) as [number, number];
    const first = this.address + STR_BYTES_OFFSET;
    return [first + from, first + Math.max(from, to)];
  }

  /**
   * A copy of the bytes.
   *
   * @example
   * using bytes = heap.bytes(Uint8Array.of(1, 2));
   * bytes.toJS(); // [1, 2]
   */
  override toJS(): Uint8Array {
    return this.store.memory.readBytes(this.address);
  }
}
