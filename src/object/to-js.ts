import {
  BUFFER_DATA_OFFSET,
  FIRST_USER_TYPE,
  FLAG_INTERNED,
  INFO_OFFSET,
  ORIGIN_BARE_OBJECT,
  ORIGIN_MAP,
  ORIGIN_PYTHON,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TABLE_ORIGIN_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_BYTES,
  TYPE_DICT,
  TYPE_LIST,
  TYPE_MASK,
  TYPE_STR,
  TYPE_TUPLE,
  TYPE_WEAKREF,
} from "../../assembly/layout.js";
import { withinEngine } from "../base/arguments.js";
import { LargeMap } from "../base/large-map.js";
import { isAtomType, readAtom } from "./atoms.js";
import { BUILTIN_NAMES, isSetType } from "./types.js";
import { BadValueError, TooLargeError, messageOf } from "../base/errors.js";
import { placeIn } from "./place-in.js";
import type { Reader } from "./reader.js";
import type { Address } from "../wasm/exports.js";

type Plain = Record<string, unknown>;

/** Converts the object at an address to plain JavaScript: see `Handle.toJS`. */
export function toJS(reader: Reader, root: Address): unknown {
  return new CopyOut(reader, false).run(root);
}

/** Converts the object at an address to values that JSON can represent: see `Handle.toJSON`. */
export function toJson(reader: Reader, root: Address): unknown {
  return new CopyOut(reader, true).run(root);
}

/** Items of an array, at most: where one grows beyond some 2^27, V8 ends the process. */
const MOST_ITEMS = 2 ** 26;

/** Errors that say where they happened. */
const PLACED = [BadValueError, TooLargeError] as const;

/** One conversion. Nothing changes the heap while it runs. */
class CopyOut {
  /** Results for objects that may be reached again. */
  readonly #made = new LargeMap<Address, unknown>();
  /** Interned strings, which occur often as keys. */
  readonly #interned = new LargeMap<Address, string>();
  /** Containers whose results are created but not filled. */
  readonly #pending: [Address, unknown][] = [];
  /** What is being copied, for errors. */
  #at: Address = 0;

  constructor(
    readonly reader: Reader,
    readonly isJson: boolean,
  ) {}

  run(root: Address): unknown {
    try {
      return withinEngine("what is there", () => this.#copy(root));
    } catch (error) {
      throw this.#placed(error, root);
    }
  }

  #copy(root: Address): unknown {
    const result = this.#convert(root);
    this.#made.set(root, result);
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#fill(...next);
    return result;
  }

  /** An error that says where in the value it happened. */
  #placed(error: unknown, root: Address): unknown {
    const Same = PLACED.find((type) => error instanceof type);
    const place = Same === undefined ? "" : placeIn(this.reader, root, this.#at);
    if (Same === undefined || place === "value") return error;
    return new Same(`${messageOf(error)} (in ${place})`, { cause: (error as Error).cause });
  }

  #convert(address: Address): unknown {
    const { reader } = this;
    this.#at = address;
    const info = reader.memory.word(address + INFO_OFFSET);
    const type = info & TYPE_MASK;
    if (isAtomType(type)) {
      if (type === TYPE_STR && (info & FLAG_INTERNED) !== 0) return this.#text(address);
      return this.isJson ? this.#jsonAtom(address, type) : readAtom(reader, address, type);
    }
    if (type >= TYPE_WEAKREF && type < FIRST_USER_TYPE) return null;
    // An object with one reference cannot be reached twice.
    const isShared = reader.memory.word(address) !== 1;
    if (isShared) {
      const made = this.#made.get(address);
      if (made !== undefined) return made;
    }
    const made = this.#shell(address, type);
    if (isShared) this.#made.set(address, made);
    this.#pending.push([address, made]);
    return made;
  }

  #text(address: Address): string {
    let text = this.#interned.get(address);
    if (text === undefined) {
      text = this.reader.memory.readString(address);
      this.#interned.set(address, text);
    }
    return text;
  }

  #shell(address: Address, type: number): unknown {
    if (type === TYPE_LIST || type === TYPE_TUPLE) return [];
    if (isSetType(type)) {
      if (this.isJson) throw new BadValueError(`JSON cannot represent a ${BUILTIN_NAMES[type] as string}`);
      return new Set();
    }
    if (type !== TYPE_DICT || this.isJson) return {};
    const origin = this.#origin(address);
    if (origin === ORIGIN_MAP || origin === ORIGIN_PYTHON) return new Map();
    return origin === ORIGIN_BARE_OBJECT ? (Object.create(null) as object) : {};
  }

  #origin(dict: Address): number {
    return this.reader.memory.u8[dict + TABLE_ORIGIN_OFFSET] as number;
  }

  #fill(address: Address, made: unknown): void {
    const { memory } = this.reader;
    this.#at = address;
    const type = this.reader.typeIdAt(address);
    if (type === TYPE_TUPLE) {
      this.#fillArray(made as unknown[], address + TUPLE_ITEMS_OFFSET, memory.word(address + TUPLE_LENGTH_OFFSET));
      return;
    }
    if (type >= FIRST_USER_TYPE) {
      this.#fillStruct(made as Plain, address);
      return;
    }
    const slots = memory.word(address + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
    const count = memory.word(address + SLOTS_COUNT_OFFSET);
    if (type === TYPE_LIST) this.#fillArray(made as unknown[], slots, count);
    else if (isSetType(type)) {
      for (let slot = slots; slot < slots + 4 * count; slot += 4) {
        const key = memory.word(slot);
        if (key === 0) continue;
        const element = this.#convert(key);
        this.#at = address;
        (made as Set<unknown>).add(element);
      }
    } else this.#fillDict(made as Plain | Map<unknown, unknown>, address, slots, slots + 4 * count);
  }

  #fillArray(array: unknown[], slots: Address, count: number): void {
    if (count > MOST_ITEMS) throw new TooLargeError(`an array of JavaScript holds ${MOST_ITEMS} items, not ${count}`);
    for (let i = 0; i < count; i++) array.push(this.#convert(this.reader.memory.word(slots + 4 * i)));
  }

  #fillDict(made: Plain | Map<unknown, unknown>, dict: Address, start: Address, end: Address): void {
    const { memory } = this.reader;
    for (let slot = start; slot < end; slot += 8) {
      const key = memory.word(slot);
      if (key === 0) continue;
      const value = this.#convert(memory.word(slot + 4));
      const converted = made instanceof Map ? this.#convert(key) : undefined;
      this.#at = dict;
      if (made instanceof Map) made.set(converted, value);
      else setProperty(made, this.isJson ? this.#jsonKey(key) : this.#text(key), value);
    }
  }

  #fillStruct(made: Plain, address: Address): void {
    const { memory } = this.reader;
    for (const { name, offset, codec } of this.reader.typeAt(address).fields?.values() ?? []) {
      if (codec === undefined) {
        const target = memory.word(address + offset);
        setProperty(made, name, target === 0 ? null : this.#convert(target));
        continue;
      }
      const value = codec.read(memory, address + offset);
      setProperty(made, name, this.isJson && typeof value === "bigint" ? exactNumber(value) : value);
    }
  }

  #jsonAtom(address: Address, type: number): unknown {
    if (type === TYPE_BYTES) throw new BadValueError("JSON cannot represent bytes");
    const value = readAtom(this.reader, address, type);
    return typeof value === "bigint" ? exactNumber(value) : value;
  }

  #jsonKey(key: Address): string {
    const type = this.reader.typeIdAt(key);
    if (!isAtomType(type))
      throw new BadValueError(`JSON cannot represent a key of type ${this.reader.typeAt(key).name}`);
    return String(this.#jsonAtom(key, type));
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
