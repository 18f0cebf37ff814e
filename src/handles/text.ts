import { FLAG_INTERNED, INFO_OFFSET, STR_BYTES_OFFSET, STR_LENGTH_OFFSET } from "../../assembly/layout.js";
import { BadIndexError, describe } from "../base/errors.js";
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

  override toJS(): string {
    return this.store.memory.readString(this.address);
  }

  /** The text itself, as Python's `str`. */
  override toString(): string {
    return this.toJS();
  }
}

/** Handle of Python `bytes`: they never change. */
export class BytesHandle extends Handle {
  /** Number of bytes. */
  get length(): number {
    return this.store.memory.word(this.address + STR_LENGTH_OFFSET);
  }

  /** Byte at an index; negative ones count from the end. @throws {@link BadIndexError} */
  get(index: number): number {
    const { length } = this;
    const resolved = typeof index === "number" && index < 0 ? index + length : index;
    if (!Number.isInteger(resolved) || resolved < 0 || resolved >= length)
      throw new BadIndexError(`no byte ${describe(index)} in bytes of ${length}`);
    return this.store.memory.u8[this.address + STR_BYTES_OFFSET + resolved] as number;
  }

  /** A copy of the bytes. */
  override toJS(): Uint8Array {
    return this.store.memory.readBytes(this.address);
  }
}
