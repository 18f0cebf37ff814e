import { LOAD_FLOAT, LOAD_INT, LOAD_LONG, LOAD_OBJECT, LOAD_STR } from "../../assembly/layout.js";
import { BadValueError } from "../base/errors.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";
import { writeText } from "../wasm/memory.js";

/** Bytes that are written before the core reads them. */
const STREAM_BYTES = 32_768;
/** Texts of more units are made into objects at once. */
const LONGEST_TEXT = 4096;
/** Words that an operation takes at most, but for texts. */
const LONGEST_OPERATION = 3;

/** Where operations are written until there are enough for a call. */
class Buffer {
  readonly words = new Uint32Array(STREAM_BYTES / 4);
  readonly bytes = new Uint8Array(this.words.buffer);
  readonly data = new DataView(this.words.buffer);
}

/** One that no load is using. */
let spare: Buffer | undefined;

/** A load of the core (`assembly/load.ts`), and the stream of operations that it is fed with. */
export class LoadStream {
  readonly #store: Store;
  readonly #load: Address;
  readonly #loan: Address;
  readonly #buffer: Buffer;
  /** Words written. */
  #length = 0;

  /** @throws {@link OutOfMemoryError} */
  constructor(store: Store) {
    this.#store = store;
    this.#load = store.require(() => store.core.startLoad(), "a copy");
    try {
      this.#loan = store.require(() => store.core.lend(STREAM_BYTES), "a copy");
    } catch (error) {
      store.core.endLoad(this.#load, 0);
      throw error;
    }
    this.#buffer = spare ?? new Buffer();
    spare = undefined;
  }

  /** Ends the load. The value, owned; or, of one that failed, 0, and nothing is left. */
  end(isSuccess: boolean): Address {
    const { core } = this.#store;
    spare = this.#buffer;
    core.giveBack(this.#loan);
    return core.endLoad(this.#load, isSuccess ? 1 : 0) >>> 0;
  }

  /** Writes an operation of one word. */
  write(operation: number, operand = 0): void {
    this.#reserve(LONGEST_OPERATION);
    this.#buffer.words[this.#length++] = operation | (operand << 8);
  }

  /** Writes an operation of two words. */
  writeWith(operation: number, word: number, operand = 0): void {
    this.#reserve(LONGEST_OPERATION);
    const { words } = this.#buffer;
    words[this.#length++] = operation | (operand << 8);
    words[this.#length++] = word;
  }

  /** A whole number that is exact. */
  writeInt(value: number): void {
    if (value === (value | 0)) {
      this.writeWith(LOAD_INT, value);
      return;
    }
    this.#reserve(LONGEST_OPERATION);
    const { words } = this.#buffer;
    const high = Math.floor(value / 2 ** 32);
    words[this.#length++] = LOAD_LONG;
    words[this.#length++] = value - high * 2 ** 32;
    words[this.#length++] = high;
  }

  writeFloat(value: number): void {
    this.#reserve(LONGEST_OPERATION);
    this.#buffer.words[this.#length++] = LOAD_FLOAT;
    this.#buffer.data.setFloat64(4 * this.#length, value, true);
    this.#length += 2;
  }

  /** A text; false if it is too long, and has to go in as an object. @throws {@link BadValueError} */
  writeText(text: string): boolean {
    if (text.length > LONGEST_TEXT) return false;
    this.#reserve(1 + text.length); // 3 bytes for each unit, at most
    const bytes = writeText(this.#buffer.bytes, 4 * this.#length + 4, text);
    if (bytes < 0) throw new BadValueError("a string has half of a surrogate pair, which UTF-8 cannot hold");
    this.#buffer.words[this.#length] = LOAD_STR | (bytes << 8);
    this.#length += 1 + ((bytes + 3) >>> 2);
    return true;
  }

  /** An object of the heap, with the caller's reference to it, which is gone even if this throws. */
  writeObject(address: Address): void {
    try {
      this.writeWith(LOAD_OBJECT, address);
      this.flush();
    } catch (error) {
      this.#store.core.decref(address);
      throw error;
    }
  }

  #reserve(words: number): void {
    if (this.#length + words > this.#buffer.words.length) this.flush();
  }

  /** Has the core do what has been written. @returns RESULT_* of the last entry of a dict or set. @throws {@link OutOfMemoryError} */
  flush(): number {
    const { core, memory } = this.#store;
    const end = this.#loan + 4 * this.#length;
    memory.u32.set(this.#buffer.words.subarray(0, this.#length), this.#loan >>> 2);
    this.#length = 0;
    let done = core.runLoad(this.#load, this.#loan, end) >>> 0;
    while (done !== end) {
      core.collect(2);
      const next = core.runLoad(this.#load, done, end) >>> 0;
      if (next === done) throw this.#store.outOfMemory("a copy");
      done = next;
    }
    return core.loadResult(this.#load);
  }
}
