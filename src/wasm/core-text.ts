import { DECODER } from "./decoder.generated.js";

/**
 * A WebAssembly module encoded as a string for JavaScript source. `scripts/core-text.mjs` writes such strings.
 *
 * Servers compress what they send. Base64 splits bytes into groups of six bits, which hides repetitions from a compressor.
 * Here each frequent byte is one character and each rare byte two, so the string compresses as well as the bytes
 * (`tests/package/core-text.test.ts`). All characters are printable ASCII that neither minifiers nor HTML escape.
 *
 * The string begins with 64 hexadecimal digits: one bit for each byte value says whether it takes one character. Values of
 * each kind are numbered upward. The first two characters of the alphabet begin a pair; each other encodes one byte.
 */
const PAIRS = 2;
const UNUSED = "\"$'<\\`";
const HEADER = 64;
/** Address of the string in the decoder's memory, behind the table that maps characters to bytes. */
const TEXT = 1024;
const PAGE = 65536;

interface Decoder {
  memory: WebAssembly.Memory;
  /** Decodes the characters between two addresses in place. Returns the end of the bytes. See `assembly/decoder.ts`. */
  decode: (from: number, end: number) => number;
}

/** Decodes such a string. */
export function decodeCore(text: string): Uint8Array<ArrayBuffer> {
  const singles: number[] = [];
  const pairs: number[] = [];
  for (let byte = 0; byte < 256; byte++) {
    const digit = Number.parseInt(text.charAt(byte >> 2), 16);
    ((digit >> (byte & 3)) & 1 ? singles : pairs).push(byte);
  }
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(DECODER)));
  const { memory, decode } = exports as unknown as Decoder;
  memory.grow(Math.ceil((TEXT + text.length) / PAGE));
  const bytes = new Uint8Array(memory.buffer);
  const meaning = new Uint16Array(bytes.buffer, 0, 3 * 128);
  const codes = Array.from({ length: 95 }, (_, index) => 32 + index).filter(
    (code) => !UNUSED.includes(String.fromCharCode(code)),
  );
  codes.forEach((code, place) => {
    meaning[code] = place < PAIRS ? 256 + place : (singles[place - PAIRS] as number);
    meaning[128 + code] = pairs[place] as number;
    meaning[256 + code] = pairs[codes.length + place] as number;
  });
  const { written } = new TextEncoder().encodeInto(text, bytes.subarray(TEXT));
  return bytes.subarray(TEXT + HEADER, decode(TEXT + HEADER, TEXT + written));
}
