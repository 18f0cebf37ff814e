/** Bytes decoded at a time. The decoded text is discarded. */
const PIECE = 1 << 16;

const short = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether bytes are UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number, length: number): boolean {
  const end = start + length;
  let at = start;
  while (at < end && (bytes[at] as number) < 0x80) at++;
  if (at === end) return true;
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
