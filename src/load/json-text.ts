import {
  PARSE_CONTROL,
  PARSE_DIGIT,
  PARSE_ESCAPE,
  PARSE_HEX,
  PARSE_UTF8,
  WANT_COLON,
  WANT_FIRST_NAME,
  WANT_ITEM,
  WANT_ITEM_COMMA,
  WANT_NAME,
  WANT_NOTHING,
  WANT_PAIR_COMMA,
  WANT_VALUE,
} from "../../assembly/layout.js";

/** The expected text within a token, in words. */
const IN_TOKENS: Readonly<Record<number, string>> = {
  [PARSE_DIGIT]: "a digit",
  [PARSE_CONTROL]: "an escape such as \\n or \\u0000 for a control character",
  [PARSE_ESCAPE]: 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u',
  [PARSE_HEX]: "four hexadecimal digits behind \\u",
  [PARSE_UTF8]: "UTF-8",
};

/** The expected text between tokens, in words. */
const BETWEEN_TOKENS: Readonly<Record<number, string>> = {
  [WANT_VALUE]: "a value",
  [WANT_ITEM]: 'a value or "]"',
  [WANT_FIRST_NAME]: 'a name in double quotes or "}"',
  [WANT_NAME]: "a name in double quotes",
  [WANT_COLON]: '":"',
  [WANT_ITEM_COMMA]: '"," or "]"',
  [WANT_PAIR_COMMA]: '"," or "}"',
  [WANT_NOTHING]: "the end of the text",
};

/** The text that was expected where the parser stopped (PARSE_*, WANT_*), in words. */
export function expectedAfter(status: number | undefined, want: number): string {
  return (status === undefined ? undefined : IN_TOKENS[status]) ?? (BETWEEN_TOKENS[want] as string);
}

/** The first character of some bytes, in words. */
export function foundIn(bytes: Uint8Array): string {
  const [byte] = bytes;
  if (byte === undefined) return "the end of the text";
  const [char = ""] = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  if (char === "\ufffd" && !(byte === 0xef && bytes[1] === 0xbf)) return `the byte 0x${byte.toString(16)}`;
  return /[\p{C}\p{Z}]/u.test(char) && char !== " "
    ? `U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}`
    : JSON.stringify(char);
}

/** Whether the unit at an index is the first half of a surrogate pair. */
export function isHighHalf(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800;
}

/** Index of the first unpaired first half of a surrogate pair. */
export function firstHalf(text: string): number {
  return text.search(/\p{Surrogate}/u);
}
