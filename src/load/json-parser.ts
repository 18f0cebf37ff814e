import {
  LOAD_LINES_OFFSET,
  LOAD_LINE_START_OFFSET,
  LOAD_STATUS_OFFSET,
  LOAD_TOKEN_END_OFFSET,
  LOAD_WANT_OFFSET,
  PARSE_LAST,
  PARSE_MEMORY,
  PARSE_MORE,
  PARSE_NUMBER,
  PARSE_SURROGATE,
  PARSE_WITH_BIGINTS,
  WANT_NOTHING,
} from "../../assembly/layout.js";
import { BadJsonError, BadValueError, ContainerChangedError } from "../base/errors.js";
import { lengthOf, partOf } from "../base/untrusted.js";
import { ownedValue } from "../handles/values.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";
import { isWellFormed } from "../base/well-formed.js";
import { expectedAfter, firstHalf, foundIn, isHighHalf } from "./json-text.js";

/** Maximal number of bytes that the core gets at once, unless a token is longer. */
const PIECE_BYTES = 65_536;
/** Bytes behind the text that the core may read, because it reads eight bytes at a time. */
const SLACK_BYTES = 8;
/** Maximal number of bytes of a character. */
const LONGEST_CHARACTER = 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Parses JSON text that arrives in pieces. Call `feed` for each piece, then `end`, and `close` in any case. The program may
 * do anything with the heap between two calls.
 *
 * The text is in a loan of the heap. The start of an incomplete token stays there until the next piece.
 */
export class JsonParser {
  readonly #store: Store;
  readonly #flags: number;
  readonly #load: Address;
  readonly #interned: number;
  #loan: Address;
  #capacity = PIECE_BYTES;
  /** Bytes of text in the loan. */
  #length = 0;
  /** The core is called again when the loan has this many bytes. So a long token is not scanned again for each short piece. */
  #enough = 1;
  /** The first half of a surrogate pair, if a piece ended between the halves. */
  #half = "";
  /** Characters of the current line that are no longer in the loan. */
  #column = 0;
  #isEnded = false;

  /** @throws {@link OutOfMemoryError} */
  constructor(store: Store, bigints = false) {
    this.#store = store;
    this.#flags = bigints ? PARSE_WITH_BIGINTS : 0;
    store.askForRoom();
    const { core } = store;
    this.#interned = core.internCapacity();
    this.#load = store.require(() => core.startLoad(), "a copy");
    try {
      this.#loan = store.require(() => core.lend(PIECE_BYTES + SLACK_BYTES), "a copy");
    } catch (error) {
      core.endLoad(this.#load, 0);
      throw error;
    }
  }

  /** Parses the next piece of the text. @throws {@link BadJsonError}, {@link BadValueError}, {@link OutOfMemoryError} */
  feed(piece: string | Uint8Array): void {
    if (typeof piece === "string") this.#feedText(piece);
    else this.#feedBytes(piece);
  }

  #feedBytes(bytes: Uint8Array): void {
    if (this.#half !== "") this.#refuseHalf();
    const length = lengthOf(bytes);
    for (let from = 0; from < length;) {
      // Making room may run code that resizes or detaches the buffer.
      if (lengthOf(bytes) !== length)
        throw new ContainerChangedError("a Uint8Array changed its length while it was parsed");
      const count = Math.min(length - from, this.#capacity - this.#length);
      this.#store.memory.u8.set(partOf(bytes, from, count), this.#loan + this.#length);
      from += count;
      this.#added(count);
    }
  }

  #feedText(piece: string): void {
    let text = this.#half + piece;
    this.#half = "";
    if (isHighHalf(text, text.length - 1)) {
      this.#half = text.slice(-1);
      text = text.slice(0, -1);
    }
    for (let from = 0; from < text.length;) {
      const room = this.#capacity - this.#length;
      // A surrogate pair must not be split: each half would be encoded as a replacement character.
      const until = from + room < text.length && isHighHalf(text, from + room - 1) ? from + room - 1 : from + room;
      const part = text.slice(from, until);
      const start = this.#loan + this.#length;
      const { read, written } = encoder.encodeInto(part, this.#store.memory.u8.subarray(start, start + room));
      if (written !== read && !isWellFormed(part)) {
        // Not a half at the end of this piece: it would be written before the rest of the piece.
        this.#half = "";
        this.#feedText(part.slice(0, firstHalf(part)));
        this.#refuseHalf();
      }
      from += read;
      this.#added(written);
    }
  }

  /** Rejects an unpaired surrogate behind the text so far, unless that text has an error of its own. */
  #refuseHalf(): never {
    this.#run(0);
    const lines = this.#field(LOAD_LINES_OFFSET);
    throw badSurrogate(lines + 1, this.#columnAt(this.#loan + this.#length, lines) + 1);
  }

  #added(count: number): void {
    this.#length += count;
    if (this.#length >= this.#enough || this.#capacity - this.#length < LONGEST_CHARACTER) this.#run(0);
  }

  /** Makes the core parse the text in the loan, and keeps the unparsed rest. */
  #run(flags: number): void {
    const { core } = this.#store;
    const lines = this.#field(LOAD_LINES_OFFSET);
    let done: Address;
    // Every object created here is held until the end, so a collection would find nothing.
    core.addPause(1);
    try {
      done = this.#parse(flags | this.#flags);
    } finally {
      if (!this.#store.isDead) core.addPause(-1);
    }
    this.#column = this.#columnAt(done, lines);
    this.#length -= done - this.#loan;
    this.#store.memory.u8.copyWithin(this.#loan, done, done + this.#length);
    this.#enough = 2 * this.#length + 1;
    if (this.#enough > this.#capacity) this.#grow();
  }

  #parse(flags: number): Address {
    const { core } = this.#store;
    const end = this.#loan + this.#length;
    const linesBefore = this.#field(LOAD_LINES_OFFSET);
    let at = core.parseLoad(this.#load, this.#loan, end, flags) >>> 0;
    for (;;) {
      switch (this.#field(LOAD_STATUS_OFFSET)) {
        case PARSE_MORE:
          return at;
        case PARSE_NUMBER:
          at = this.#roundNumber(at);
          break;
        case PARSE_MEMORY: {
          core.collect(2);
          const next = core.parseLoad(this.#load, at, end, flags) >>> 0;
          if (next === at && this.#field(LOAD_STATUS_OFFSET) === PARSE_MEMORY) throw this.#store.outOfMemory("a copy");
          at = next;
          continue;
        }
        default:
          throw this.#explain(at, end, linesBefore);
      }
      at = core.parseLoad(this.#load, at, end, flags) >>> 0;
    }
  }

  /** Rounds a number that the core cannot round exactly like JavaScript. */
  #roundNumber(at: Address): Address {
    const store = this.#store;
    const end = this.#field(LOAD_TOKEN_END_OFFSET);
    const value = Number(decoder.decode(store.memory.u8.subarray(at, end)));
    store.require(() => store.core.parsedValue(this.#load, ownedValue(store, value)), "a copy");
    return end;
  }

  #grow(): void {
    const store = this.#store;
    const capacity = 2 * this.#capacity;
    const loan = store.require(() => store.core.lend(capacity + SLACK_BYTES), "a copy");
    store.memory.u8.copyWithin(loan, this.#loan, this.#loan + this.#length);
    store.core.giveBack(this.#loan);
    this.#loan = loan;
    this.#capacity = capacity;
  }

  #field(offset: number): number {
    return this.#store.memory.word(this.#load + offset);
  }

  /** The column of an address. `lines` is the number of lines before the text in the loan. */
  #columnAt(at: Address, lines: number): number {
    const isSame = this.#field(LOAD_LINES_OFFSET) === lines;
    const start = isSame ? this.#loan : this.#field(LOAD_LINE_START_OFFSET);
    return (isSame ? this.#column : 0) + decoder.decode(this.#store.memory.u8.subarray(start, at)).length;
  }

  #explain(at: Address, end: Address, lines: number): BadJsonError | BadValueError {
    const line = this.#field(LOAD_LINES_OFFSET) + 1;
    const column = this.#columnAt(at, lines) + 1;
    const status = this.#field(LOAD_STATUS_OFFSET);
    if (status === PARSE_SURROGATE) return badSurrogate(line, column);
    const found = foundIn(this.#store.memory.u8.subarray(at, Math.min(end, at + LONGEST_CHARACTER)));
    return new BadJsonError(expectedAfter(status, this.#field(LOAD_WANT_OFFSET)), found, line, column);
  }

  /** Ends the text. Returns the value, owned. @throws {@link BadJsonError}, {@link BadValueError}, {@link OutOfMemoryError} */
  end(): Address {
    if (this.#half !== "") this.#refuseHalf();
    this.#run(PARSE_LAST);
    const end = this.#loan + this.#length;
    const want = this.#field(LOAD_WANT_OFFSET);
    const lines = this.#field(LOAD_LINES_OFFSET);
    if (want !== WANT_NOTHING || this.#length > 0) {
      // An incomplete token at the end can only be a string; other incomplete tokens have their own errors.
      const expected = this.#length > 0 ? "the end of a string" : expectedAfter(undefined, want);
      throw new BadJsonError(expected, "the end of the text", lines + 1, this.#columnAt(end, lines) + 1);
    }
    this.#isEnded = true;
    const { core } = this.#store;
    core.giveBack(this.#loan);
    return core.endLoad(this.#load, 1) >>> 0;
  }

  /** Releases everything if the text is not complete. */
  close(): void {
    if (this.#isEnded || this.#store.isDead) return;
    this.#isEnded = true;
    const { core } = this.#store;
    core.giveBack(this.#loan);
    core.endLoad(this.#load, 0);
    core.shrinkInterned(this.#interned);
  }
}

function badSurrogate(line: number, column: number): BadValueError {
  return new BadValueError(
    `a string has half of a surrogate pair, which UTF-8 cannot hold (line ${line}, column ${column})`,
  );
}
