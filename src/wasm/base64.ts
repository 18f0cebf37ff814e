/** Bytes of a base64 text. A plain loop: it runs once, before anything is compiled, and a mapping function would cost most of a heap's start. */
export function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
