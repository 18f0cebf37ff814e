import { BadImageError } from "../base/errors.js";
import { withinLimits } from "./limits.js";

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });
/** Up to this length a loop is faster than the engine's decoder. */
const SHORT = 24;

/** Where texts are copied to, which the decoders of browsers do not read out of shared memory. */
const scratch = /* @__PURE__ */ new Uint8Array(4096);

export function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A text of an image. @throws {@link BadImageError} unless all its bytes are there; {@link TooLargeError} */
export function textAt(u8: Uint8Array, start: number, length: number): string {
  mustContain(u8, start, length);
  if (length <= SHORT) {
    let text = "";
    for (let at = start; at < start + length; at++) {
      const byte = u8[at] as number;
      if (byte > 0x7f) return decode(u8, start, length);
      text += String.fromCharCode(byte);
    }
    return text;
  }
  return decode(u8, start, length);
}

function decode(u8: Uint8Array, start: number, length: number): string {
  if (length > scratch.length) return withinLimits(() => decoder.decode(u8.slice(start, start + length)));
  scratch.set(u8.subarray(start, start + length));
  return decoder.decode(scratch.subarray(0, length));
}

/** A copy of bytes of an image. @throws {@link BadImageError}, {@link TooLargeError} */
export function bytesAt(u8: Uint8Array, start: number, length: number): Uint8Array {
  mustContain(u8, start, length);
  return withinLimits(() => u8.slice(start, start + length));
}

/** A length may be anything, so it is compared with what is there before it becomes the size of anything. */
export function mustContain(u8: Uint8Array, start: number, length: number): void {
  if (start + length > u8.length) throw new BadImageError("an object leaves the image", start);
}
