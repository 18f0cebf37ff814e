import {
  BUFFER_DATA_OFFSET,
  FIRST_USER_TYPE,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TABLE_LENGTH_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BOOL,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_FLOAT,
  TYPE_FROZENSET,
  TYPE_INT,
  TYPE_LIST,
  TYPE_NONE,
  TYPE_SET,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKREF,
  WEAKREF_REFERENT_OFFSET,
} from "../../assembly/layout.js";
import { withinEngine } from "../base/arguments.js";
import { outside } from "../base/entered.js";
import { isAtomType, readAtom } from "./atoms.js";
import type { FieldLayout } from "./field-layout.js";
import type { Reader } from "./reader.js";
import { BUILTIN_NAMES, isSetType, isTableType } from "./types.js";
import type { Address } from "../wasm/exports.js";

/** A container being written. Its parts are objects, or literal texts. */
interface Frame {
  address: Address;
  index: number;
  count: number;
  /** The text before part `index`. */
  before(index: number): string;
  part(index: number): Address | string;
  close: string;
}

/** The limits and colours of a text. */
export interface ReprStyle {
  /** Characters after which the text ends with `...`. */
  readonly limit: number;
  /** Maximal nesting. Deeper containers are written as `<list of 3>`. */
  readonly depth: number;
  /** Colours a part by its kind. It may be a function of the program. */
  readonly stylize?: ((text: string, kind: ReprKind) => unknown) | undefined;
}

/** The kind of a part of a text, in the terms of `util.inspect`. Punctuation, field names and the like are plain. */
export type ReprKind = "null" | "boolean" | "number" | "string" | "special" | "plain";

const WHOLE: ReprStyle = { limit: Infinity, depth: Infinity };

/**
 * Python's `repr` of the object at an address. An object of a struct is written like a dataclass. Depth is not limited,
 * unless the style limits it.
 */
export function repr(reader: Reader, root: Address, style = WHOLE): string {
  const { stylize } = style;
  if (typeof stylize !== "function") return withinEngine("this text", () => write(reader, root, style).parts.join(""));
  const { parts, kinds } = withinEngine("this text", () => write(reader, root, style));
  // The function may change or release the objects that have been read here.
  const shown = parts.map((text, i) => {
    const kind = kinds[i] as ReprKind;
    return kind === "plain" ? text : String(outside(stylize, undefined, text, kind));
  });
  return withinEngine("this text", () => shown.join(""));
}

function write(
  reader: Reader,
  root: Address,
  { limit, depth, stylize }: ReprStyle,
): { parts: string[]; kinds: ReprKind[] } {
  const parts: string[] = [];
  /** The kind of each part, if kinds are needed. */
  const kinds: ReprKind[] = [];
  /** Number of characters, without colours. */
  let length = 0;
  const add = (text: string, kind: ReprKind = "plain"): void => {
    // Punctuation may exceed the limit.
    parts.push(text.slice(0, Math.max(0, limit - length)));
    if (stylize !== undefined) kinds.push(kind);
    length += text.length;
  };
  const frames: Frame[] = [];
  const open = new Set<Address>();
  const begin = (address: Address): void => {
    const type = reader.typeIdAt(address);
    if (isAtomType(type)) add(reprAtom(reader, address, type), KINDS[type]);
    else if (type === TYPE_WEAKREF) add(reprWeakref(reader, address), "special");
    else if (type > TYPE_WEAKREF && type < FIRST_USER_TYPE)
      add(`<${reader.typeAt(address).name} at 0x${address.toString(16)}>`, "special");
    else if (open.has(address)) add(ellipsis(type), "special");
    else {
      if (frames.length > depth) {
        add(summary(reader, address, type), "special");
        return;
      }
      const [start, frame] = frameOf(reader, address, type);
      add(start);
      open.add(address);
      frames.push(frame);
    }
  };
  begin(root);
  for (let frame = frames.at(-1); frame !== undefined && length < limit; frame = frames.at(-1)) {
    if (frame.index === frame.count) {
      add(frame.close);
      open.delete(frame.address);
      frames.pop();
      continue;
    }
    const index = frame.index++;
    add(frame.before(index));
    const part = frame.part(index);
    if (typeof part === "string") add(part, rawKind(part));
    else begin(part);
  }
  if (length > limit || frames.length > 0) {
    parts.push("...");
    kinds.push("plain");
  }
  return { parts, kinds };
}

const KINDS: Readonly<Record<number, ReprKind>> = {
  [TYPE_NONE]: "null",
  [TYPE_BOOL]: "boolean",
  [TYPE_INT]: "number",
  [TYPE_FLOAT]: "number",
  [TYPE_STR]: "string",
  [TYPE_BYTES]: "string",
};

/** The kind of the text of a raw field, or of an empty reference. */
function rawKind(text: string): ReprKind {
  if (text === "None") return "null";
  return text === "True" || text === "False" ? "boolean" : "number";
}

/** The text that replaces a container nested too deeply. */
function summary(reader: Reader, address: Address, type: number): string {
  const { name } = reader.typeAt(address);
  return type >= FIRST_USER_TYPE ? `<${name}>` : `<${name} of ${sizeOf(reader, address, type)}>`;
}

/** Number of items of a list or tuple, or of entries of a dict or set. */
function sizeOf({ memory }: Reader, address: Address, type: number): number {
  if (type === TYPE_TUPLE) return memory.word(address + TUPLE_LENGTH_OFFSET);
  return memory.word(address + (type === TYPE_LIST ? SLOTS_COUNT_OFFSET : TABLE_LENGTH_OFFSET));
}

/** The text that replaces a container inside itself. */
function ellipsis(type: number): string {
  if (type === TYPE_LIST) return "[...]";
  if (type === TYPE_TUPLE) return "(...)";
  if (type === TYPE_FROZENSET) return "frozenset(...)";
  return isTableType(type) ? "{...}" : "...";
}

const comma = (index: number): string => (index === 0 ? "" : ", ");

/** The start of a container's text, and a frame for the rest. */
function frameOf(reader: Reader, address: Address, type: number): [start: string, frame: Frame] {
  const { memory } = reader;
  if (type >= FIRST_USER_TYPE) return structFrame(reader, address);
  if (type === TYPE_TUPLE) {
    const count = memory.word(address + TUPLE_LENGTH_OFFSET);
    const part = (i: number): Address => memory.word(address + TUPLE_ITEMS_OFFSET + 4 * i);
    return ["(", { address, index: 0, count, before: comma, part, close: count === 1 ? ",)" : ")" }];
  }
  const slots = memory.word(address + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
  const count = memory.word(address + SLOTS_COUNT_OFFSET);
  if (type === TYPE_LIST) {
    const part = (i: number): Address => memory.word(slots + 4 * i);
    return ["[", { address, index: 0, count, before: comma, part, close: "]" }];
  }
  const size = sizeOf(reader, address, type);
  const width = type === TYPE_DICT ? 8 : 4;
  let slot = slots;
  // The parts of entries are read in order, up to the limit.
  const partOf = (place: number): Address => {
    // Deleted entries are zeros.
    while (memory.word(slot) === 0) slot += width;
    const part = memory.word(slot + 4 * place);
    if (4 * (place + 1) === width) slot += width;
    return part;
  };
  if (isSetType(type)) {
    const [start, close] = bracketsOf(type, size === 0);
    return [start, { address, index: 0, count: size, before: comma, part: () => partOf(0), close }];
  }
  const before = (i: number): string => ((i & 1) === 1 ? ": " : comma(i));
  return ["{", { address, index: 0, count: 2 * size, before, part: (i) => partOf(i & 1), close: "}" }];
}

/** What the elements of a set stand between. */
function bracketsOf(type: number, isEmpty: boolean): [start: string, close: string] {
  if (isEmpty) return [`${BUILTIN_NAMES[type] as string}(`, ")"];
  return type === TYPE_SET ? ["{", "}"] : ["frozenset({", "})"];
}

function structFrame(reader: Reader, address: Address): [start: string, frame: Frame] {
  const info = reader.typeAt(address);
  const fields = [...(info.fields?.values() ?? [])];
  const frame: Frame = {
    address,
    index: 0,
    count: fields.length,
    before: (i) => `${comma(i)}${(fields[i] as FieldLayout).name}=`,
    part: (i) => {
      const field = fields[i] as FieldLayout;
      const { codec, offset } = field;
      // Does not ask for the type of the field, which may run a getter.
      if (codec === undefined) return reader.memory.word(address + offset) || "None";
      const value = codec.read(reader.memory, address + offset);
      if (typeof value === "boolean") return value ? "True" : "False";
      return field.type === "f32" || field.type === "f64" ? reprFloat(value as number) : String(value);
    },
    close: ")",
  };
  return [`${info.name}(`, frame];
}

function reprWeakref(reader: Reader, address: Address): string {
  const referent = reader.memory.word(address + WEAKREF_REFERENT_OFFSET);
  const at = `<weakref at 0x${address.toString(16)}; `;
  return `${at}${referent === 0 ? "dead" : `to '${reader.typeAt(referent).name}' at 0x${referent.toString(16)}`}>`;
}

function reprAtom(reader: Reader, address: Address, type: number): string {
  if (type === TYPE_BYTES) return reprBytes(reader.memory.readBytes(address));
  const value = readAtom(reader, address, type);
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (type === TYPE_FLOAT) return reprFloat(value as number);
  return typeof value === "string" ? reprStr(value) : String(value);
}

/** The shortest digits that read back as the same number, like in JavaScript, in Python's format. */
export function reprFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const [mantissa, power] = value.toExponential().split("e") as [string, string];
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, "0");
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  const text = String(value);
  return text.includes(".") ? text : `${text}.0`;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Quotes a text with single quotes, or with double quotes if that avoids escapes. */
function quote(text: string): string {
  return text.includes("'") && !text.includes('"') ? '"' : "'";
}

/** Python's `repr` of a string: characters that are not printable are escaped, in the shortest of three forms. */
export function reprStr(text: string): string {
  const mark = quote(text);
  const body = text.replace(/[\\'"]|[^ \P{Z}]|\p{C}/gu, (character) => {
    if (character === "'" || character === '"') return character === mark ? `\\${character}` : character;
    return ESCAPES[character] ?? escape(character.codePointAt(0) as number);
  });
  return mark + body + mark;
}

function escape(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

function reprBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  const mark = quote(text);
  const body = text.replace(/[\\'"]|[^ -~]/g, (character) => {
    if (character === "'" || character === '"') return character === mark ? `\\${character}` : character;
    return ESCAPES[character] ?? escape(character.charCodeAt(0));
  });
  return `b${mark}${body}${mark}`;
}
