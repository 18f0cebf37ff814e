import { DECODER } from "./decoder.generated.js";

/**
 * A WebAssembly module as a text in JavaScript's source. `scripts/core-text.mjs` writes such texts.
 *
 * Servers compress what they serve. Base64 cuts bytes into pieces of six bits, so that a compressor no longer sees what
 * repeats. Here each byte is one character, or two if it is rare, and the text compresses as well as the bytes do
 * (`tests/package/core-text.test.ts`). The characters are printable ASCII that no minifier and no HTML page escapes.
 *
 * The text begins with 64 hexadecimal digits, a bit for each byte: whether one character stands for it. Both kinds of
 * bytes are numbered upward. Of the alphabet, the first two characters begin a pair, and each other is one byte.
 */
const PAIRS = 2;
const UNUSED = "\"$'<\\`";
const HEADER = 64;
/** Where the text lies in the decoder's memory: behind the table of what characters stand for. */
const TEXT = 1024;
const PAGE = 65536;

interface Decoder {
  memory: WebAssembly.Memory;
  /** Decodes in place what lies between two addresses. Returns the end. See `assembly/decoder.ts`. */
  decode: (from: number, end: number) => number;
}

/** The bytes of such a text. */
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
