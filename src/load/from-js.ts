import {
  LOAD_DICT,
  LOAD_END,
  LOAD_FALSE,
  LOAD_KEY,
  LOAD_LIST,
  LOAD_NONE,
  LOAD_REF,
  LOAD_SET,
  LOAD_TRUE,
  ORIGIN_BARE_OBJECT,
  ORIGIN_MAP,
  ORIGIN_OBJECT,
  RESULT_FOUND,
} from "../../assembly/layout.js";
import { checkResult } from "../handles/containers/table.js";
import {
  BadKeyError,
  BadValueError,
  ContainerChangedError,
  HeapwrightError,
  describe,
  isStackOverflow,
  messageOf,
} from "../base/errors.js";
import { isMarking, outside } from "../base/entered.js";
import { LargeMap } from "../base/large-map.js";
import { isHandle } from "../handles/handle.js";
import type { Store } from "../state/store.js";
import { isA, isArray, isBytes } from "../base/untrusted.js";
import { isInt, ownedValue, withKey } from "../handles/values.js";
import type { Address } from "../wasm/exports.js";
import { LoadStream } from "./load-stream.js";

/**
 * The object that a JavaScript value becomes, with one reference for the caller: see `Heap.from`.
 *
 * Depth first, over a stack of its own: an array of frames, one for each container that is not copied yet. What
 * is met is written to a stream of operations, which the core carries out some thousands at a time.
 */
export function fromJS(store: Store, value: unknown): Address {
  if (!isContainer(value)) return ownedValue(store, value);
  store.askForRoom();
  return new CopyIn(store).run(value);
}

/** Whether a value has parts. */
function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isHandle(value) && !isBytes(value);
}

/** Names that are remembered at a time. */
const MOST_KEYS = 10_000;

/** Arrays up to this length are taken for what they seem, before it is known that they are not sparse. */
const TRUSTED_LENGTH = 65_536;

/** Errors that say where they happened. */
const PLACED = [BadValueError, BadKeyError, ContainerChangedError] as const;

/** A container of JavaScript that is being copied. */
interface Frame {
  /** Copies on until all is copied (false) or a container in it comes first (true). */
  fill(copy: CopyIn): boolean;
  /** What is being copied of it, for messages: a step of a path, or nothing if it is the container itself. */
  place(): string;
}

class CopyIn {
  readonly #stream: LoadStream;
  /** Containers met so far, numbered. */
  readonly #numbers = new LargeMap<object, number>();
  readonly #frames: Frame[] = [];
  /** Names of properties, interned; each is owned as long as it is here. */
  readonly #keys = new Map<string, Address>();

  constructor(readonly store: Store) {
    this.#stream = new LoadStream(store);
  }

  run(root: object): Address {
    const { core } = this.store;
    const interned = core.internCapacity();
    // All that is born here is held here: to look for garbage among it costs a third of the time for nothing.
    core.addPause(1);
    let isWhole = false;
    let result = 0;
    try {
      this.#begin(root);
      for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
        if (frame.fill(this)) continue;
        this.#stream.write(LOAD_END);
        this.#frames.pop();
      }
      this.#stream.flush();
      isWhole = true;
    } catch (error) {
      throw this.#explain(error);
    } finally {
      if (!this.store.isDead) {
        result = this.#stream.end(isWhole);
        this.#forgetKeys();
        if (!isWhole) core.shrinkInterned(interned);
        core.addPause(-1);
      }
    }
    return result;
  }

  #explain(error: unknown): unknown {
    if (isStackOverflow(error)) return error;
    const at = this.#frames.map((frame) => frame.place()).join("");
    if (!isA(error, HeapwrightError))
      return new BadValueError(`reading value${at} failed: ${messageOf(error)}`, { cause: error });
    // Another error: this one may be frozen, a getter's that kept it.
    const Same = PLACED.find((placed) => error instanceof placed);
    return Same === undefined ? error : new Same(`${messageOf(error)} (in value${at})`, { cause: error });
  }

  /** Writes what a value becomes. True if that is a container yet to be copied. */
  put(value: unknown): boolean {
    const stream = this.#stream;
    switch (typeof value) {
      case "string":
        if (stream.writeText(value)) return false;
        break;
      case "number":
        if (isInt(value)) stream.writeInt(value);
        else stream.writeFloat(value);
        return false;
      case "boolean":
        stream.write(value ? LOAD_TRUE : LOAD_FALSE);
        return false;
      case "object":
        if (value === null) {
          stream.write(LOAD_NONE);
          return false;
        }
        if (isContainer(value)) return this.#putContainer(value);
    }
    stream.writeObject(ownedValue(this.store, value));
    return false;
  }

  #putContainer(value: object): boolean {
    const number = this.#numbers.get(value);
    if (number === undefined) {
      this.#begin(value);
      return true;
    }
    this.#stream.write(LOAD_REF, number);
    return false;
  }

  #begin(source: object): void {
    const frame = this.#frameFor(source);
    this.#numbers.set(source, this.#numbers.size);
    this.#frames.push(frame);
  }

  #frameFor(source: object): Frame {
    if (Array.isArray(source)) return new ArrayFrame(this, source);
    if (source instanceof Map) return new MapFrame(this, source);
    if (source instanceof Set) return new SetFrame(this, source);
    return new ObjectFrame(this, source as Readonly<Record<string, unknown>>);
  }

  /** Writes the beginning of a container. */
  open(operation: number, length: number, origin = 0): void {
    this.#stream.writeWith(operation, length, origin);
  }

  /** Writes the key of the next value: the interned string for the name of a property. Names come again and again. */
  putName(name: string): void {
    let key = this.#keys.get(name);
    if (key === undefined) {
      const { store } = this;
      key = store.require(() => withKey(store, name, (text) => store.core.intern(text)), "a string");
      if (this.#keys.size === MOST_KEYS) {
        this.#stream.flush();
        this.#forgetKeys();
      }
      this.#keys.set(name, key);
    }
    this.#stream.writeWith(LOAD_KEY, key);
  }

  #forgetKeys(): void {
    for (const key of this.#keys.values()) this.store.core.decref(key);
    this.#keys.clear();
  }

  /** Writes an entry of a dict whose key is any value. True if its value is a container yet to be copied. */
  putEntry(key: unknown, value: unknown): boolean {
    if (typeof key === "string") {
      this.putName(key);
      return this.#finishEntry(key, this.put(value));
    }
    const owned = ownedKey(this.store, key);
    try {
      this.#stream.writeWith(LOAD_KEY, owned);
      return this.#finishEntry(key, this.put(value));
    } finally {
      this.store.core.decref(owned);
    }
  }

  /** Writes an element of a set. */
  putElement(value: unknown): void {
    this.#stream.writeObject(ownedKey(this.store, value));
    this.#finishEntry(value, false);
  }

  /** JavaScript's keys are all different; they have to be to Python, too. */
  #finishEntry(key: unknown, isNew: boolean): boolean {
    if (checkResult(this.store, this.#stream.flush()) === RESULT_FOUND)
      throw new BadKeyError(`two keys are different to JavaScript and equal to Python: the second is ${describe(key)}`);
    return isNew;
  }
}

/** Of JavaScript's containers none can be a key: they become lists, dicts and sets. */
function ownedKey(store: Store, key: unknown): Address {
  if (!isContainer(key)) return ownedValue(store, key);
  const type = isArray(key) ? "list" : isA(key, Set) ? "set" : "dict";
  throw new BadKeyError(`unhashable type: '${type}'`);
}

/** A property, which may have a getter of the program's. */
function read(source: object, key: PropertyKey): unknown {
  return outside(Reflect.get as (from: object, name: PropertyKey) => unknown, undefined, source, key);
}

class ArrayFrame implements Frame {
  readonly #source: readonly unknown[];
  readonly #length: number;
  /** How many it has begun to copy; 0 also when the whole is to blame. */
  #begun = 0;

  constructor(copy: CopyIn, source: readonly unknown[]) {
    const { length } = source;
    this.#source = source;
    this.#length = length;
    if (length > TRUSTED_LENGTH) for (let i = 0; i < length; i++) if (!(i in source)) throw sparse(i);
    copy.open(LOAD_LIST, length);
  }

  fill(copy: CopyIn): boolean {
    const source = this.#source;
    const length = this.#length;
    while (this.#begun < length) {
      const index = this.#begun++;
      const value = isMarking ? read(source, index) : source[index];
      if (value === undefined && !(index in source)) {
        if (source.length !== length) break;
        throw sparse(index);
      }
      if (copy.put(value)) return true;
    }
    if (source.length !== length) {
      this.#begun = 0;
      throw new ContainerChangedError("an array changed while it was copied");
    }
    return false;
  }

  place(): string {
    return this.#begun === 0 ? "" : `[${this.#begun - 1}]`;
  }
}

function sparse(index: number): BadValueError {
  return new BadValueError(`a heap has no place for a sparse array: nothing is at ${index}`);
}

class ObjectFrame implements Frame {
  readonly #source: Readonly<Record<string, unknown>>;
  readonly #keys: readonly string[];
  /** How many it has begun to copy; 0 also when the whole is to blame. */
  #begun = 0;

  constructor(copy: CopyIn, source: Readonly<Record<string, unknown>>) {
    const origin = originOf(source);
    this.#source = source;
    this.#keys = Object.keys(source);
    copy.open(LOAD_DICT, this.#keys.length, origin);
  }

  fill(copy: CopyIn): boolean {
    const source = this.#source;
    const keys = this.#keys;
    while (this.#begun < keys.length) {
      const key = keys[this.#begun++] as string;
      const value = isMarking ? read(source, key) : source[key];
      if (value === undefined && !Object.hasOwn(source, key)) throw changed();
      copy.putName(key);
      if (copy.put(value)) return true;
    }
    if (Object.keys(source).length !== keys.length) {
      this.#begun = 0;
      throw changed();
    }
    return false;
  }

  place(): string {
    return this.#begun === 0 ? "" : `[${JSON.stringify(this.#keys[this.#begun - 1])}]`;
  }
}

function changed(): ContainerChangedError {
  return new ContainerChangedError("an object changed while it was copied");
}

/** @throws {@link BadValueError} for objects that are more than their properties. */
function originOf(source: object): number {
  const prototype = Object.getPrototypeOf(source) as object | null;
  if (prototype !== null && prototype !== Object.prototype && !isObjectPrototype(prototype))
    throw new BadValueError(`a heap has no place for ${describe(source)}`);
  if (Object.getOwnPropertySymbols(source).length > 0)
    throw new BadValueError("a heap has no place for properties whose names are symbols");
  return prototype === null ? ORIGIN_BARE_OBJECT : ORIGIN_OBJECT;
}

/** Whether it is the `Object.prototype` of some realm. */
function isObjectPrototype(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

class MapFrame implements Frame {
  readonly #source: ReadonlyMap<unknown, unknown>;
  readonly #size: number;
  readonly #entries: Iterator<[unknown, unknown]>;
  #key: unknown;
  #count = 0;
  #isOver = false;

  constructor(copy: CopyIn, source: ReadonlyMap<unknown, unknown>) {
    this.#source = source;
    this.#size = source.size;
    this.#entries = source.entries();
    copy.open(LOAD_DICT, source.size, ORIGIN_MAP);
  }

  fill(copy: CopyIn): boolean {
    for (let next = this.#entries.next(); next.done !== true; next = this.#entries.next()) {
      this.#count++;
      const [key, value] = next.value;
      this.#key = key;
      if (copy.putEntry(key, value)) return true;
    }
    this.#isOver = true;
    if (this.#source.size !== this.#size || this.#count !== this.#size)
      throw new ContainerChangedError("a Map changed while it was copied");
    return false;
  }

  place(): string {
    return this.#isOver || this.#count === 0 ? "" : `.get(${describe(this.#key)})`;
  }
}

class SetFrame implements Frame {
  readonly #source: ReadonlySet<unknown>;
  readonly #size: number;
  #isOver = false;

  constructor(copy: CopyIn, source: ReadonlySet<unknown>) {
    this.#source = source;
    this.#size = source.size;
    copy.open(LOAD_SET, source.size);
  }

  fill(copy: CopyIn): boolean {
    let count = 0;
    for (const value of this.#source) {
      copy.putElement(value);
      count++;
    }
    this.#isOver = true;
    if (this.#source.size !== this.#size || count !== this.#size)
      throw new ContainerChangedError("a Set changed while it was copied");
    return false;
  }

  place(): string {
    return this.#isOver ? "" : ".values()";
  }
}
