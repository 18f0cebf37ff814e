import { STR_BYTES_OFFSET, STR_LENGTH_OFFSET } from "../../assembly/layout.js";
import { withinEngine } from "../base/arguments.js";
import { isWellFormed } from "../base/well-formed.js";
import type { Address } from "./exports.js";

const encoder = /* @__PURE__ */ new TextEncoder();
// A byte order mark is an ordinary character here. By default the decoder would drop it.
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });
/** Up to these lengths a loop is faster than the engine's coders, which cost more to call (Node 20). */
const SHORT_READ = 10;
const SHORT_WRITE = 128;
/** Texts of fewer bytes fit into a string in every engine. */
const SURE_TO_FIT = 2 ** 28;

/**
 * Views of a heap's bytes. Growing memory detaches every existing view, which then reads as empty. So get a view for each
 * use, and never store it.
 */
export class HeapMemory {
  #memory: WebAssembly.Memory | undefined;
  #u32 = new Uint32Array();
  #u8 = new Uint8Array();
  #data = new DataView(new ArrayBuffer(0));
  #deathCause: (() => Error) | undefined;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  get u32(): Uint32Array {
    if (this.#u32.length === 0) this.#refresh();
    return this.#u32;
  }
  get u8(): Uint8Array {
    if (this.#u8.length === 0) this.#refresh();
    return this.#u8;
  }
  get data(): DataView {
    if (this.#u8.length === 0) this.#refresh();
    return this.#data;
  }

  /** Goes on with another memory. If the engine refuses the views, nothing has changed. */
  moveTo(memory: WebAssembly.Memory): void {
    const views = viewsOf(memory);
    this.#memory = memory;
    [this.#u32, this.#u8, this.#data] = views;
  }

  /** Releases the memory: each later use throws `cause()`. Uses before that pay nothing for this. */
  kill(cause: () => Error): void {
    this.#memory = undefined;
    this.#deathCause = cause;
    this.#u32 = new Uint32Array();
    this.#u8 = new Uint8Array();
    this.#data = new DataView(new ArrayBuffer(0));
  }

  #refresh(): void {
    if (this.#memory === undefined) throw this.#deathCause?.() ?? new Error("this memory was released");
    [this.#u32, this.#u8, this.#data] = viewsOf(this.#memory);
  }

  /** The 32-bit word at an address, unsigned. */
  word(address: Address): number {
    return this.u32[address >>> 2] as number;
  }

  /** The text of a string object. */
  readString(object: Address): string {
    const start = object + STR_BYTES_OFFSET;
    const end = start + this.word(object + STR_LENGTH_OFFSET);
    const { u8 } = this;
    if (end - start > SHORT_READ) {
      const bytes = u8.subarray(start, end);
      return bytes.length < SURE_TO_FIT
        ? decoder.decode(bytes)
        : withinEngine("this text", () => decoder.decode(bytes));
    }
    let text = "";
    for (let at = start; at < end; at++) {
      const byte = u8[at] as number;
      if (byte > 0x7f) return decoder.decode(u8.subarray(start, end));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** Like the function `writeText`, to an address. */
  writeText(text: string, start: Address): number {
    return writeText(this.u8, start, text);
  }

  /** A copy of the bytes of a string or bytes object. */
  readBytes(object: Address): Uint8Array<ArrayBuffer> {
    const start = object + STR_BYTES_OFFSET;
    const length = this.word(object + STR_LENGTH_OFFSET);
    const copy = (): Uint8Array<ArrayBuffer> => this.u8.slice(start, start + length);
    return length < SURE_TO_FIT ? copy() : withinEngine("this value", copy);
  }

  /** Fills a string or bytes object, which was just created with the right length. */
  writeBytes(object: Address, bytes: Uint8Array): void {
    this.u8.set(bytes, object + STR_BYTES_OFFSET);
  }
}

function viewsOf(
  memory: WebAssembly.Memory,
): [Uint32Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, DataView<ArrayBuffer>] {
  const { buffer } = memory;
  return [new Uint32Array(buffer), new Uint8Array(buffer), new DataView(buffer)];
}

export function encodeString(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Writes a text as UTF-8. There must be room for 3 bytes for each unit. Returns the bytes written; -1 if it is not well-formed. */
export function writeText(u8: Uint8Array, start: number, text: string): number {
  const { length } = text;
  if (length <= SHORT_WRITE) return writeUnits(u8, start, text);
  const { written } = encoder.encodeInto(text, u8.subarray(start, start + 3 * length));
  // An ASCII text has no surrogates.
  return written === length || isWellFormed(text) ? written : -1;
}

/** The same, unit by unit. */
function writeUnits(u8: Uint8Array, start: number, text: string): number {
  const { length } = text;
  let at = start;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      u8[at++] = unit;
    } else if (unit < 0x800) {
      u8[at++] = 0xc0 | (unit >>> 6);
      u8[at++] = 0x80 | (unit & 0x3f);
    } else if ((unit & 0xf800) !== 0xd800) {
      u8[at++] = 0xe0 | (unit >>> 12);
      u8[at++] = 0x80 | ((unit >>> 6) & 0x3f);
      u8[at++] = 0x80 | (unit & 0x3f);
    } else {
      const low = text.charCodeAt(++i); // NaN at the end
      if (unit > 0xdbff || (low & 0xfc00) !== 0xdc00) return -1;
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
      u8[at++] = 0xf0 | (point >>> 18);
      u8[at++] = 0x80 | ((point >>> 12) & 0x3f);
      u8[at++] = 0x80 | ((point >>> 6) & 0x3f);
      u8[at++] = 0x80 | (point & 0x3f);
    }
  }
  return at - start;
}
