/**
 * A WebAssembly module as a text in JavaScript's source. `scripts/core-text.mjs` writes such texts.
 *
 * Servers compress what they serve. Base64 cuts bytes into pieces of six bits, so that a compressor no longer sees what
 * repeats. Here each byte is one character, or two if it is rare, and the text compresses as well as the bytes do
 * (`npm run size` prints both). The characters are printable ASCII that no minifier and no HTML page escapes.
 *
 * The text begins with 64 hexadecimal digits, a bit for each byte: whether one character stands for it. Both kinds of
 * bytes are numbered upward. Of the alphabet, the first two characters begin a pair, and each other is one byte.
 */
const PAIRS = 2;
const UNUSED = "\"$'<\\`";

/**
 * The bytes of such a text. It runs once, before the engine has compiled anything: so the engine's own encoder makes codes
 * of the characters, and the loop does as little as it can, in place.
 */
export function decodeCore(text: string): Uint8Array<ArrayBuffer> {
  const singles: number[] = [];
  const pairs: number[] = [];
  for (let byte = 0; byte < 256; byte++) {
    const digit = Number.parseInt(text.charAt(byte >> 2), 16);
    ((digit >> (byte & 3)) & 1 ? singles : pairs).push(byte);
  }
  const placeOf = new Uint8Array(127);
  let places = 0;
  for (let code = 32; code < placeOf.length; code++)
    if (!UNUSED.includes(String.fromCharCode(code))) placeOf[code] = places++;
  /** What a code stands for: alone, and 128 and 256 further, behind each of those that begin a pair. */
  const meaning = new Uint16Array(3 * 128);
  for (const [code, place] of placeOf.entries()) {
    meaning[code] = place < PAIRS ? 256 + place : (singles[place - PAIRS] as number);
    meaning[128 + code] = pairs[place] as number;
    meaning[256 + code] = pairs[places + place] as number;
  }
  const codes = new TextEncoder().encode(text);
  const { length } = codes;
  let end = 0;
  let at = 64;
  while (at < length) {
    let byte = meaning[codes[at++] as number] as number;
    if (byte > 255) byte = meaning[(byte - 255) * 128 + (codes[at++] as number)] as number;
    codes[end++] = byte;
  }
  return codes.subarray(0, end);
}
