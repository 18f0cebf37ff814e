import {
  STR_BYTES_OFFSET,
  STR_LENGTH_OFFSET,
  TYPE_BYTES,
  TYPE_FLOAT,
  TYPE_INT,
  TYPE_STR,
  VALUE_OFFSET,
} from "../../../assembly/layout.js";

/** Texts up to this many bytes become labels. A longer text is cut. */
const LABEL_BYTES = 200;

// A byte order mark is an ordinary character here.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Where the value of a text or number lies in the image, and its size in bytes. `at` is the index of a word. */
export function contentsOf(
  words: Uint32Array,
  at: number,
  typeId: number,
): [offset: number, length: number] | undefined {
  if (typeId === TYPE_STR || typeId === TYPE_BYTES)
    return [4 * at + STR_BYTES_OFFSET, words[at + STR_LENGTH_OFFSET / 4] as number];
  return typeId === TYPE_INT || typeId === TYPE_FLOAT ? [4 * at + VALUE_OFFSET, 8] : undefined;
}

/** The label of a str, and whether it contains the whole text. */
export function labelOfText(bytes: Uint8Array, [offset, length]: [number, number]): { text: string; isWhole: boolean } {
  const isWhole = length <= LABEL_BYTES;
  const text = decoder.decode(bytes.subarray(offset, offset + Math.min(length, LABEL_BYTES)));
  // The cut may split a character.
  return { text: isWhole ? text : `${text.replace(/\uFFFD+$/, "")}…`, isWhole };
}

/** The label of an int or a float. `at` is the index of a word. */
export function labelOfNumber(words: Uint32Array, at: number, typeId: number): string {
  const value = at + VALUE_OFFSET / 4;
  const [low, high] = [words[value] as number, words[value + 1] as number];
  return String(typeId === TYPE_FLOAT ? doubleOf(low, high) : (BigInt(high | 0) << 32n) | BigInt(low));
}

const halves = new Uint32Array(2);
const double = new Float64Array(halves.buffer);

function doubleOf(low: number, high: number): number {
  halves[0] = low;
  halves[1] = high;
  return double[0] as number;
}
