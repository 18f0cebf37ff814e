const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether bytes are UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number, length: number): boolean {
  const end = start + length;
  let at = start;
  while (at < end && (bytes[at] as number) < 0x80) at++;
  if (at === end) return true;
  try {
    decoder.decode(bytes.subarray(at, end));
    return true;
  } catch {
    return false;
  }
}
