/** Bytes decoded at a time. The decoded text is discarded. */
const PIECE = 1 << 16;

/** Up to this length a loop is faster than the engine's decoder. */
const SHORT = 64;

const short = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether bytes are UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number, length: number): boolean {
  const end = start + length;
  let at = start;
  while (at < end && (bytes[at] as number) < 0x80) at++;
  if (at === end) return true;
  if (end - at <= SHORT) return isShortUtf8(bytes, at, end);
  try {
    if (end - at <= PIECE) {
      short.decode(bytes.subarray(at, end));
      return true;
    }
    const long = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    for (; at < end; at += PIECE) long.decode(bytes.subarray(at, Math.min(at + PIECE, end)), { stream: true });
    long.decode();
    return true;
  } catch {
    return false;
  }
}

/** The same, sequence by sequence: the least second byte keeps out what is longer than it must be, the most surrogates and what is too large. */
function isShortUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end;) {
    const first = bytes[at++] as number;
    if (first < 0x80) continue;
    if (first < 0xc2 || first > 0xf4) return false;
    const length = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (end - at < length) return false;
    const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    const second = bytes[at] as number;
    if (second < least || second > most) return false;
    for (let i = 1; i < length; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return false;
    at += length;
  }
  return true;
}
