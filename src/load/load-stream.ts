import { LOAD_FLOAT, LOAD_INT, LOAD_LONG, LOAD_OBJECT, LOAD_STR } from "../../assembly/layout.js";
import { BadValueError } from "../base/errors.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";
import { writeText } from "../wasm/memory.js";

/** Number of bytes written before the core reads them. */
const STREAM_BYTES = 32_768;
/** Longer texts (in UTF-16 units) become objects immediately. */
const LONGEST_TEXT = 4096;
/** Maximal number of words of an operation, except for texts. */
const LONGEST_OPERATION = 3;

/** Collects operations until there are enough for a call. */
class Buffer {
  readonly words = new Uint32Array(STREAM_BYTES / 4);
  readonly bytes = new Uint8Array(this.words.buffer);
  readonly data = new DataView(this.words.buffer);
}

/** A buffer that no load is using. */
let spare: Buffer | undefined;

/** A load of the core (`assembly/load.ts`), and its stream of operations. */
export class LoadStream {
  readonly #store: Store;
  readonly #load: Address;
  readonly #loan: Address;
  readonly #buffer: Buffer;
  /** Number of words written. */
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

  /** Ends the load. Returns the value, owned; after a failure returns 0, and everything is released. */
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

  /** Writes an integer that a double represents exactly. */
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

  /** Writes a text. Returns false if it is too long: then pass it as an object. @throws {@link BadValueError} */
  writeText(text: string): boolean {
    if (text.length > LONGEST_TEXT) return false;
    this.#reserve(1 + text.length); // at most 3 bytes for each unit
    const bytes = writeText(this.#buffer.bytes, 4 * this.#length + 4, text);
    if (bytes < 0) throw new BadValueError("a string has half of a surrogate pair, which UTF-8 cannot hold");
    this.#buffer.words[this.#length] = LOAD_STR | (bytes << 8);
    this.#length += 1 + ((bytes + 3) >>> 2);
    return true;
  }

  /** Writes an object. Takes over the caller's reference, even if this throws. */
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

  /** Executes the operations. @returns RESULT_* of the last entry of a dict or set. @throws {@link OutOfMemoryError} */
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
