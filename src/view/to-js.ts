import {
  FIRST_USER_TYPE,
  ORIGIN_BARE_OBJECT,
  ORIGIN_MAP,
  ORIGIN_PYTHON,
  TABLE_ORIGIN_OFFSET,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_LIST,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKREF,
} from "../../assembly/layout.js";
import { BadImageError, BadValueError, TooLargeError } from "../base/errors.js";
import { isSetType } from "../object/types.js";
import { rawIn } from "./field.js";
import { withinLimits } from "./limits.js";
import { LONGEST_KEPT } from "./source.js";
import type { Source } from "./source.js";
import { firstSlot, slotCount } from "./slots.js";

type Plain = Record<string, unknown>;

/** Items of an array, at most: where one grows beyond some 2^27, V8 ends the process. */
const MOST_ITEMS = 2 ** 26;

/** What an object is as plain JavaScript: as `toJS` of its handle. @throws {@link BadImageError}, {@link TooLargeError} */
export function toJS(source: Source, address: number, isJson = false): unknown {
  return withinLimits(() => new CopyOut(source, isJson).run(address));
}

/** How a dict came from JavaScript, or `undefined` for what became a `Map`. */
export function originOf({ u8 }: Source, at: number): number | undefined {
  const origin = u8[4 * at + TABLE_ORIGIN_OFFSET];
  return origin === ORIGIN_MAP || origin === ORIGIN_PYTHON ? undefined : origin;
}

/**
 * One conversion. Whatever the image says of reference counts, each object is made once. The parts of a sound image do not
 * overlap, so what is copied in all is not more than the image has.
 */
class CopyOut {
  readonly #pages: Map<number, unknown>[] = [];
  /** Addresses of containers whose results are made but not filled. */
  readonly #pending: number[] = [];
  #slotsLeft: number;
  #bytesLeft: number;

  constructor(
    readonly source: Source,
    readonly isJson: boolean,
  ) {
    this.#slotsLeft = source.words.length;
    this.#bytesLeft = source.u8.length;
  }

  run(root: number): unknown {
    const result = this.#convert(root);
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#fill(next);
    return result;
  }

  /** What has been made of the objects of a page. One `Map` for all would be too large at 2^24. */
  #page(address: number): Map<number, unknown> {
    return (this.#pages[address >>> 16] ??= new Map<number, unknown>());
  }

  #convert(address: number): unknown {
    const { source } = this;
    const at = source.at(address);
    const info = source.words[at + 1] as number;
    const type = info & 0xffff;
    if (type <= TYPE_BYTES) return this.#atom(address, at, type, info);
    if (type >= TYPE_WEAKREF && type < FIRST_USER_TYPE) return null;
    const page = this.#page(address);
    let made = page.get(address);
    if (made === undefined) {
      made = this.#shell(at, type);
      page.set(address, made);
      this.#pending.push(address);
    }
    return made;
  }

  /** A long text, or bytes, are made once: so many of them cannot overlap. */
  #atom(address: number, at: number, type: number, info: number): unknown {
    const { source, isJson } = this;
    if (isJson && type === TYPE_BYTES) throw new BadValueError("JSON cannot represent bytes");
    const length = (source.words[at + 2] as number) >>> 0;
    if (type !== TYPE_BYTES && (type !== TYPE_STR || length <= LONGEST_KEPT)) {
      const value = source.atom(at, type, info);
      return isJson && typeof value === "bigint" ? exactNumber(value) : value;
    }
    const page = this.#page(address);
    const made = page.get(address);
    if (made !== undefined) return made;
    const value = source.atom(at, type, info);
    this.#bytesLeft -= typeof value === "string" ? value.length : (value as Uint8Array).length;
    if (this.#bytesLeft < 0) throw new BadImageError("parts of the image lie in each other");
    page.set(address, value);
    return value;
  }

  #shell(at: number, type: number): unknown {
    if (type === TYPE_LIST || type === TYPE_TUPLE) return [];
    if (isSetType(type)) {
      if (this.isJson) throw new BadValueError(`JSON cannot represent a ${this.source.typeName(type)}`);
      return new Set();
    }
    if (type !== TYPE_DICT || this.isJson) return {};
    const origin = originOf(this.source, at);
    if (origin === undefined) return new Map();
    return origin === ORIGIN_BARE_OBJECT ? (Object.create(null) as object) : {};
  }

  #fill(address: number): void {
    const { source } = this;
    const { words } = source;
    const made = this.#page(address).get(address);
    const at = source.at(address);
    const type = source.typeAt(at);
    if (type >= FIRST_USER_TYPE) {
      this.#fillStruct(made as Plain, at, type);
      return;
    }
    const count = slotCount(source, at, type);
    const first = firstSlot(source, at, type, count);
    this.#slotsLeft -= count;
    if (this.#slotsLeft < 0) throw new BadImageError("parts of the image lie in each other", 4 * at);
    const width = type === TYPE_DICT ? 2 : 1;
    if (Array.isArray(made) && count > MOST_ITEMS)
      throw new TooLargeError(`an array of JavaScript holds ${MOST_ITEMS} items, not ${count}`);
    for (let slot = first; slot < first + count; slot += width) {
      const part = words[slot] as number;
      if (Array.isArray(made)) made.push(this.#convert(part));
      // A deleted entry.
      else if (part === 0) continue;
      else if (width === 1 && made instanceof Set) made.add(this.#convert(part));
      else if (width === 2 && made instanceof Map)
        made.set(this.#convert(part), this.#convert(words[slot + 1] as number));
      else if (width === 2) setProperty(made as Plain, this.#name(part), this.#convert(words[slot + 1] as number));
      // Another thread has changed the type.
      else throw new BadImageError("an object has changed", 4 * at);
    }
  }

  #fillStruct(made: Plain, at: number, type: number): void {
    const { source } = this;
    const { fields } = source.struct(type);
    this.#slotsLeft -= fields.size;
    for (const field of fields.values()) {
      const target = field.raw === undefined ? (source.words[at + field.offset / 4] as number) : undefined;
      const value = target === undefined ? rawIn(source, at, field) : target === 0 ? null : this.#convert(target);
      setProperty(made, field.name, this.isJson && typeof value === "bigint" ? exactNumber(value) : value);
    }
  }

  /** The name of a property. */
  #name(address: number): string {
    const { source } = this;
    const at = source.at(address);
    const info = source.words[at + 1] as number;
    const type = info & 0xffff;
    const isShort = type === TYPE_STR && (source.words[at + 2] as number) >>> 0 <= LONGEST_KEPT;
    if (type > TYPE_BYTES && this.isJson)
      throw new BadValueError(`JSON cannot represent a key of type ${source.typeName(type)}`);
    const name = isShort ? source.key(address) : type > TYPE_BYTES ? undefined : this.#atom(address, at, type, info);
    if (typeof name !== "string" && !this.isJson) throw new BadImageError("the name of a property is no text", 4 * at);
    return String(name);
  }
}

function exactNumber(value: bigint): number {
  if (Number.isSafeInteger(Number(value))) return Number(value);
  throw new BadValueError(`JSON.stringify cannot write ${String(value)} without loss`);
}

/** Defines an own property, even for the name `__proto__`. */
function setProperty(object: Plain, name: string, value: unknown): void {
  if (name === "__proto__")
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  else object[name] = value;
}
