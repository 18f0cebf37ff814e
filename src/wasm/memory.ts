import { STR_BYTES_OFFSET, STR_LENGTH_OFFSET } from "../../assembly/layout.js";
import type { Address } from "./exports.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Views of a heap's bytes. Growing memory detaches every view taken before, which then reads as empty;
 * so views are asked for at each use, and never kept.
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

  /** Lets the bytes go: from now on every use throws this error. Costs the views in use nothing. */
  kill(cause: () => Error): void {
    this.#memory = undefined;
    this.#deathCause = cause;
    this.#u32 = new Uint32Array();
    this.#u8 = new Uint8Array();
    this.#data = new DataView(new ArrayBuffer(0));
  }

  #refresh(): void {
    if (this.#memory === undefined) throw this.#deathCause?.() ?? new Error("this memory was let go");
    const { buffer } = this.#memory;
    this.#u32 = new Uint32Array(buffer);
    this.#u8 = new Uint8Array(buffer);
    this.#data = new DataView(buffer);
  }

  /** The 32-bit word at an address, unsigned. */
  word(address: Address): number {
    return this.u32[address >>> 2] as number;
  }

  /** The text of a string object. */
  readString(object: Address): string {
    const start = object + STR_BYTES_OFFSET;
    return decoder.decode(this.u8.subarray(start, start + this.word(object + STR_LENGTH_OFFSET)));
  }

  /** Fills a string object, just made with the right length. */
  writeString(object: Address, bytes: Uint8Array): void {
    this.u8.set(bytes, object + STR_BYTES_OFFSET);
  }
}

export function encodeString(text: string): Uint8Array {
  return encoder.encode(text);
}
