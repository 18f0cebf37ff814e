import { BadImageError } from "../../base/errors.js";
import {
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACKET,
  QUOTE,
  STRINGS_AT_ONCE,
  ValueScanner,
  endOfStrings,
  isSpace,
} from "./json-scanner.js";

/** Yields to request more bytes; receives the next chunk, or `null` at the end of the file. */
export type Chunks<T> = Generator<undefined, T, Uint8Array | null>;

const ZERO = 0x30;
const NINE = 0x39;

/** Maximal size of an object or string that is parsed as a whole: the head of a dump, or one text of its string table. */
const MOST_BYTES_AT_ONCE = 256 * 2 ** 20;

/** States in place of a number: none has begun; or one ended with white space, and a comma or the end must follow. */
const NOTHING = -1;
const COMPLETE = -2;

/**
 * Reads JSON from bytes that arrive in chunks, and never keeps the whole text. The caller knows the order of the values
 * and calls the method for the kind of the next one.
 *
 * All methods are generators that yield when they need the next chunk. A syntax error is a {@link BadImageError} with its
 * position in the file.
 */
export class JsonBytes {
  #chunk: Uint8Array = new Uint8Array(0);
  #position = 0;
  /** Bytes of the file before the current chunk. */
  #passed = 0;
  #isAtEnd = false;

  /** Position in the file, in bytes. */
  get offset(): number {
    return this.#passed + this.#position;
  }

  fail(message: string, offset = this.offset): never {
    throw new BadImageError(message, offset);
  }

  /** Requests chunks until there is an unread byte. False at the end of the file. */
  *#refill(): Chunks<boolean> {
    while (this.#position === this.#chunk.length) {
      if (this.#isAtEnd) return false;
      const next = yield;
      this.#passed += this.#chunk.length;
      this.#position = 0;
      this.#chunk = next ?? new Uint8Array(0);
      this.#isAtEnd = next === null;
    }
    return true;
  }

  /** The next byte that is not white space. It is not consumed. */
  *peek(): Chunks<number> {
    for (;;) {
      while (this.#position < this.#chunk.length) {
        const byte = this.#chunk[this.#position] as number;
        if (!isSpace(byte)) return byte;
        this.#position++;
      }
      if (!(yield* this.#refill())) this.fail("The file ends too early");
    }
  }

  /** Consumes white space, then the given character. */
  *expect(character: string): Chunks<void> {
    const byte = yield* this.peek();
    if (byte !== character.charCodeAt(0)) this.fail(`Expected ${character}, found ${show(byte)}`);
    this.#position++;
  }

  /** Consumes `character` if it comes next. */
  *accept(character: string): Chunks<boolean> {
    if ((yield* this.peek()) !== character.charCodeAt(0)) return false;
    this.#position++;
    return true;
  }

  /** Consumes white space; anything else before the end of the file is an error. */
  *end(): Chunks<void> {
    while (yield* this.#refill()) {
      if (!isSpace(this.#chunk[this.#position] as number)) this.fail("The file continues after the end of the dump");
      this.#position++;
    }
  }

  /** The bytes of a string, object, array or other value, without white space before it. */
  *#raw(): Chunks<Uint8Array> {
    const first = yield* this.peek();
    const start = this.offset;
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    const scanner = new ValueScanner(first);
    for (;;) {
      const from = this.#position;
      const isDone = (this.#position = scanner.scan(this.#chunk, from)) < this.#chunk.length || scanner.isClosed;
      pieces.push(this.#chunk.slice(from, this.#position));
      bytes += this.#position - from;
      if (bytes > MOST_BYTES_AT_ONCE) this.fail("A value is too large to be read at once", start);
      if (isDone) break;
      if (!(yield* this.#refill())) {
        if (scanner.isPlain) break;
        this.fail("The file ends too early");
      }
    }
    if (bytes === 0) this.fail(`Expected a value, found ${show(first)}`, start);
    return concatenate(pieces, bytes);
  }

  /** Parses a value of any kind. */
  *value(): Chunks<unknown> {
    yield* this.peek();
    const start = this.offset;
    return this.#parse(yield* this.#raw(), start);
  }

  /** Reads the name of a member of an object, and the colon. */
  *key(): Chunks<string> {
    if ((yield* this.peek()) !== QUOTE) this.fail("Expected a name in quotes");
    const name = (yield* this.value()) as string;
    yield* this.expect(":");
    return name;
  }

  /** Skips a value of any kind and size. Only its brackets and quotes are examined. */
  *skip(): Chunks<void> {
    const scanner = new ValueScanner(yield* this.peek());
    const start = this.offset;
    for (;;) {
      this.#position = scanner.scan(this.#chunk, this.#position);
      if (this.#position < this.#chunk.length || scanner.isClosed) break;
      if (!(yield* this.#refill())) this.fail("The file ends too early");
    }
    if (this.offset === start) this.fail("Expected a value");
  }

  /**
   * Reads an array of integers from 0 to 2^53 - 1, in rows of `width`. `take` receives a block of rows, the number of rows
   * in it, and the number of rows before it. The block is reused after `take` returns. Returns the number of all rows.
   */
  *rows(
    what: string,
    width: number,
    take: (block: Float64Array, rows: number, before: number) => void,
  ): Chunks<number> {
    yield* this.expect("[");
    const block = new Float64Array(width * 4096);
    let used = 0;
    let before = 0;
    if (yield* this.accept("]")) return 0;
    let number = NOTHING;
    for (let isOver = false; !isOver;) {
      if (!(yield* this.#refill())) this.fail(`The file ends in the middle of the ${what}`);
      const chunk = this.#chunk;
      const end = chunk.length;
      let position = this.#position;
      for (; position < end && !isOver; position++) {
        const byte = chunk[position] as number;
        if (byte >= ZERO && byte <= NINE) {
          if (number === 0 || number === COMPLETE) this.#badNumber(what, position);
          number = number < 0 ? byte - ZERO : number * 10 + (byte - ZERO);
          if (number > Number.MAX_SAFE_INTEGER) this.#badNumber(what, position);
        } else if (byte === COMMA || byte === CLOSE_BRACKET) {
          if (number === NOTHING) this.#badNumber(what, position);
          if (number !== COMPLETE) block[used++] = number;
          number = NOTHING;
          isOver = byte === CLOSE_BRACKET;
          if (used === block.length) {
            this.#position = position;
            take(block, used / width, before);
            before += used / width;
            used = 0;
          }
        } else if (!isSpace(byte)) this.#badNumber(what, position);
        else if (number >= 0) {
          block[used++] = number;
          number = COMPLETE;
        }
      }
      this.#position = position;
    }
    if (used % width !== 0) this.fail(`The last row of the ${what} has ${used % width} of ${width} numbers`);
    if (used > 0) take(block, used / width, before);
    return before + used / width;
  }

  #badNumber(what: string, position: number): never {
    this.#position = position;
    return this.fail(
      `The ${what} are to be whole numbers, from 0 to 2^53 - 1; found ${show(this.#chunk[position] as number)}`,
    );
  }

  /** Reads an array of strings. */
  *strings(take: (text: string) => void): Chunks<void> {
    yield* this.expect("[");
    if (yield* this.accept("]")) return;
    let batch: Uint8Array[] = [];
    let bytes = 0;
    let start = this.offset;
    const flush = () => {
      const list = concatenate([Uint8Array.of(OPEN_BRACKET), ...batch, Uint8Array.of(CLOSE_BRACKET)], bytes + 2);
      for (const text of this.#parse(list, start) as unknown[]) {
        if (typeof text !== "string") this.fail("The string table contains a value that is not a string", start);
        take(text);
      }
      batch = [];
      bytes = 0;
      start = this.offset;
    };
    // Each batch ends behind a string, so JSON.parse can parse it as an array.
    for (let isFirst = true; ; isFirst = false) {
      if (!isFirst) {
        if (yield* this.accept("]")) break;
        yield* this.expect(",");
        if (bytes > 0) {
          batch.push(Uint8Array.of(COMMA));
          bytes++;
        }
      }
      if ((yield* this.peek()) !== QUOTE) this.fail("Expected a string");
      // All strings that end in this chunk, in one batch.
      const many = endOfStrings(this.#chunk, this.#position);
      if (many > this.#position) {
        batch.push(this.#chunk.slice(this.#position, many));
        bytes += many - this.#position;
        this.#position = many;
      } else {
        const one = yield* this.#raw();
        batch.push(one);
        bytes += one.length;
      }
      if (bytes >= STRINGS_AT_ONCE) flush();
    }
    flush();
  }

  #parse(bytes: Uint8Array, offset: number): unknown {
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
    } catch (error) {
      throw new BadImageError(`Not JSON: ${error instanceof Error ? error.message : String(error)}`, offset);
    }
  }
}

function concatenate(pieces: Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let position = 0;
  for (const piece of pieces) {
    all.set(piece, position);
    position += piece.length;
  }
  return all;
}

function show(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `byte 0x${byte.toString(16).padStart(2, "0")}`;
}
