/**
 * Formats texts for people and programs. Names in a dump are untrusted and can have a hundred million characters. So
 * control characters are never written to a terminal, and the length of each name is limited.
 */

/** Control characters, characters that change the direction of text, invisible characters, and unpaired surrogates. */

const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The beginning of a text, cut at a code point. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return `${text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most)}…`;
}

const BETWEEN = " > ";

/**
 * A path of names, `A > B > C`, cut in its middle: `A > … > Y > Z`. Its end names the leak. In dumps of V8 its beginning
 * leads through the engine, which is the same for most paths.
 */
export function cutPath(path: string, most: number): string {
  const [first = "", ...names] = path.split(BETWEEN);
  if (path.length <= most || names.length === 0) return cut(path, most);
  const start = `${cut(first, most >> 2)}${BETWEEN}…`;
  let end = "";
  for (const name of names.reverse()) {
    const longer = `${BETWEEN}${name}${end}`;
    if (end !== "" && start.length + longer.length > most) break;
    end = longer;
  }
  return start + cut(end, most - start.length);
}

/** A text on one line that is safe for a terminal: escaped, and cut. */
export function shown(text: string, most = 60): string {
  return cut(text, most).replace(UNSAFE, escaped);
}

/** Maximal length of a text in JSON. */
export const JSON_TEXT = 200;

/** JSON that is safe for a terminal, too. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSAFE, (character) =>
    character === "\n" ? "\n" : escaped(character),
  );
}

/** 1234567 → `1,234,567`. */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Bytes with three digits: `1.23 MB`. Units are powers of 1000. */
export function bytes(count: number): string {
  const size = Math.abs(count);
  let unit = 0;
  let scaled = size;
  while (unit < UNITS.length - 1 && scaled >= 999.5) {
    scaled /= 1000;
    unit++;
  }
  const digits = unit === 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${count < 0 ? "-" : ""}${scaled.toFixed(digits)} ${UNITS[unit] as string}`;
}

/** The same, with a sign. */
export function change(count: number): string {
  return count > 0 ? `+${bytes(count)}` : bytes(count);
}

export function signed(count: number): string {
  return count > 0 ? `+${grouped(count)}` : grouped(count);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  kib: 2 ** 10,
  m: 1e6,
  mb: 1e6,
  mib: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gib: 2 ** 30,
};

/** Parses `10MB`, `1.5 GiB` or `4096`. Returns `null` if the text is not an amount. */
export function parseAmount(text: string): number | null {
  const [, digits, unit] = /^(\d{1,15}(?:\.\d{1,9})?)\s*([a-z]{0,3})$/i.exec(text.trim()) ?? [];
  const factor = FACTORS[unit?.toLowerCase() ?? "none"];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}
