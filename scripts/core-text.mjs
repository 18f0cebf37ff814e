// Writes a WebAssembly module as a text that gzips as well as its bytes. src/wasm/core-text.ts reads it, and says how.

const PAIRS = 2;
const ALPHABET = Array.from({ length: 95 }, (_, index) => String.fromCharCode(index + 32)).filter(
  (character) => !"\"$'<\\`".includes(character),
);

export function encodeCore(bytes) {
  const counts = Array.from({ length: 256 }, (_, byte) => ({ byte, count: 0 }));
  for (const byte of bytes) counts[byte].count++;
  counts.sort((a, b) => b.count - a.count || a.byte - b.byte);
  const singles = new Set(counts.slice(0, ALPHABET.length - PAIRS).map(({ byte }) => byte));
  const written = [];
  const digits = new Array(64).fill(0);
  let single = PAIRS;
  let pair = 0;
  for (let byte = 0; byte < 256; byte++) {
    if (singles.has(byte)) {
      digits[byte >> 2] |= 1 << (byte & 3);
      written[byte] = ALPHABET[single++];
    } else {
      written[byte] = ALPHABET[Math.floor(pair / ALPHABET.length)] + ALPHABET[pair % ALPHABET.length];
      pair++;
    }
  }
  const header = digits.map((digit) => digit.toString(16)).join("");
  return header + Array.from(bytes, (byte) => written[byte]).join("");
}
