import { ORIGIN_BARE_OBJECT, ORIGIN_MAP, ORIGIN_OBJECT, RESULT_FOUND } from "../../assembly/layout.js";
import { addElement } from "../containers/set.js";
import { setOrigin } from "../containers/dict.js";
import { checkResult } from "../containers/table.js";
import { BadKeyError, BadValueError, ContainerChangedError, HeapwrightError, describe } from "../errors.js";
import { Handle } from "../handle.js";
import type { Store } from "../store.js";
import { ownedValue, withKey } from "../values.js";
import type { Address } from "../wasm/exports.js";

/**
 * The object that a JavaScript value becomes, with one reference for the caller: see `Heap.from`.
 *
 * Depth first, over a stack of its own: an array of frames, one for each container that is not filled yet.
 */
export function fromJS(store: Store, value: unknown): Address {
  return isContainer(value) ? new CopyIn(store).run(value) : ownedValue(store, value);
}

/** Whether a value has parts. */
function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Handle) && !(value instanceof Uint8Array);
}

/** Names that are remembered at a time. */
const MOST_KEYS = 10_000;

/** Lists up to this length get their room at once, before it is known that their arrays are not sparse. */
const TRUSTED_LENGTH = 65_536;

/** A container of the heap that is being filled from one of JavaScript. */
interface Frame {
  readonly target: Address;
  /** Puts an object in, whose reference it takes over. 0 = out of memory, and it has not. */
  give(item: Address): number;
  /** Copies on until it is full (false) or a container in it has to be filled first (true). */
  fill(copy: CopyIn): boolean;
  /** Where it stands, for messages. */
  place(): string;
}

class CopyIn {
  /** What containers became. Each is owned until the end, so that nothing that runs meanwhile can free it. */
  readonly #made = new Map<object, Address>();
  readonly #frames: Frame[] = [];
  /** Names of properties, interned; each is owned as long as it is here. */
  readonly #keys = new Map<string, Address>();

  constructor(readonly store: Store) {}

  run(root: object): Address {
    const { store } = this;
    const interned = store.core.internCapacity();
    // All that is born here is held here: to look for garbage among it costs a third of the time for nothing.
    const isEnabled = store.core.isEnabled();
    store.core.setEnabled(0);
    try {
      const result = this.#begin(root);
      for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
        if (!frame.fill(this)) this.#frames.pop();
      }
      for (const address of this.#made.values()) if (address !== result) store.core.decref(address);
      this.#forgetKeys();
      return result;
    } catch (error) {
      if (!store.isDead) this.#undo(interned);
      throw this.#explain(error);
    } finally {
      if (!store.isDead) store.core.setEnabled(isEnabled);
    }
  }

  /** Lets go of all that was made; it may be cyclic. */
  #undo(interned: number): void {
    const { core } = this.store;
    for (const address of this.#made.values()) core.containerClear(address);
    for (const address of this.#made.values()) core.decref(address);
    this.#forgetKeys();
    core.shrinkInterned(interned);
  }

  #explain(error: unknown): unknown {
    const at = this.#frames.map((frame) => frame.place()).join("");
    if (!(error instanceof HeapwrightError)) {
      const reason = error instanceof Error ? error.message : describe(error);
      return new BadValueError(`reading value${at} failed: ${reason}`, { cause: error });
    }
    if (error instanceof BadValueError || error instanceof BadKeyError || error instanceof ContainerChangedError)
      error.message += ` (in value${at})`;
    return error;
  }

  /** Gives `frame` the object that a value becomes. True if that is a container yet to be filled. */
  put(value: unknown, frame: Frame): boolean {
    const { store } = this;
    let isNew = false;
    let item: Address;
    if (isContainer(value)) {
      const made = this.#made.get(value);
      isNew = made === undefined;
      item = made ?? this.#begin(value);
      store.incref(item);
    } else item = ownedValue(store, value);
    try {
      if (frame.give(item) === 0) store.require(() => frame.give(item), "a larger container");
    } catch (error) {
      store.core.decref(item);
      throw error;
    }
    return isNew;
  }

  /** The interned string for the name of a property, borrowed: names come again and again. */
  key(name: string): Address {
    let key = this.#keys.get(name);
    if (key === undefined) {
      const { store } = this;
      key = store.require(() => withKey(store, name, (text) => store.core.intern(text)), "a string");
      if (this.#keys.size === MOST_KEYS) this.#forgetKeys();
      this.#keys.set(name, key);
    }
    return key;
  }

  #forgetKeys(): void {
    for (const key of this.#keys.values()) this.store.core.decref(key);
    this.#keys.clear();
  }

  /** Makes an empty container, to be filled next. */
  #begin(source: object): Address {
    const frame = this.#frameFor(source);
    this.#made.set(source, frame.target);
    this.#frames.push(frame);
    return frame.target;
  }

  #frameFor(source: object): Frame {
    const { store } = this;
    if (Array.isArray(source)) return new ArrayFrame(store, source);
    if (source instanceof Map) return new MapFrame(store, source);
    if (source instanceof Set) return new SetFrame(store, source);
    return new ObjectFrame(this, source as Readonly<Record<string, unknown>>);
  }
}

class ArrayFrame implements Frame {
  readonly target: Address;
  readonly #length: number;
  #index = 0;

  constructor(
    readonly store: Store,
    readonly source: readonly unknown[],
  ) {
    const { core } = store;
    const { length } = source;
    this.#length = length;
    if (length > TRUSTED_LENGTH) for (let i = 0; i < length; i++) if (!(i in source)) throw sparse(i);
    this.target = core.newList(length) >>> 0 || store.require(() => core.newList(length), `a list of ${length}`);
  }

  give(item: Address): number {
    return this.store.core.listGive(this.target, item);
  }

  fill(copy: CopyIn): boolean {
    const { source } = this;
    while (this.#index < this.#length) {
      const value = source[this.#index];
      if (value === undefined && !(this.#index in source)) {
        if (source.length !== this.#length) break;
        throw sparse(this.#index);
      }
      const isNew = copy.put(value, this);
      this.#index++;
      if (isNew) return true;
    }
    if (source.length !== this.#length) throw new ContainerChangedError("an array changed while it was copied");
    return false;
  }

  place(): string {
    return `[${this.#index}]`;
  }
}

function sparse(index: number): BadValueError {
  return new BadValueError(`a heap has no place for a sparse array: nothing is at ${index}`);
}

class ObjectFrame implements Frame {
  readonly target: Address;
  readonly #keys: readonly string[];
  #index = 0;

  constructor(
    readonly copy: CopyIn,
    readonly source: Readonly<Record<string, unknown>>,
  ) {
    const { store } = copy;
    const origin = originOf(source);
    this.#keys = Object.keys(source);
    const { length } = this.#keys;
    this.target = makeDict(store, length, origin);
  }

  give(item: Address): number {
    const { copy } = this;
    return copy.store.core.dictGive(this.target, copy.key(this.#keys[this.#index] as string), item);
  }

  fill(copy: CopyIn): boolean {
    const { source } = this;
    const keys = this.#keys;
    while (this.#index < keys.length) {
      const key = keys[this.#index] as string;
      const value = source[key];
      if (value === undefined && !Object.hasOwn(source, key)) throw changed();
      const isNew = copy.put(value, this);
      this.#index++;
      if (isNew) return true;
    }
    if (Object.keys(source).length !== keys.length) throw changed();
    return false;
  }

  place(): string {
    return `[${JSON.stringify(this.#keys[this.#index])}]`;
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
  readonly target: Address;
  readonly #size: number;
  readonly #entries: Iterator<[unknown, unknown]>;
  #key: unknown;
  #hasCollided = false;
  #count = 0;

  constructor(
    readonly store: Store,
    readonly source: ReadonlyMap<unknown, unknown>,
  ) {
    this.#size = source.size;
    this.#entries = source.entries();
    this.target = makeDict(store, this.#size, ORIGIN_MAP);
  }

  give(item: Address): number {
    const { store } = this;
    checkKey(this.#key);
    const result = withKey(store, this.#key, (key) => store.core.dictGive(this.target, key, item));
    this.#hasCollided = checkResult(store, result) === RESULT_FOUND;
    return result;
  }

  fill(copy: CopyIn): boolean {
    for (let next = this.#entries.next(); next.done !== true; next = this.#entries.next()) {
      this.#count++;
      const [key, value] = next.value;
      this.#key = key;
      const isNew = copy.put(value, this);
      if (this.#hasCollided) throw collision(key);
      if (isNew) return true;
    }
    if (this.source.size !== this.#size || this.#count !== this.#size)
      throw new ContainerChangedError("a Map changed while it was copied");
    return false;
  }

  place(): string {
    return `.get(${describe(this.#key)})`;
  }
}

function makeDict(store: Store, length: number, origin: number): Address {
  const { core } = store;
  const dict = core.newDict(length) >>> 0 || store.require(() => core.newDict(length), `a dict of ${length}`);
  setOrigin(store, dict, origin);
  return dict;
}

class SetFrame implements Frame {
  readonly target: Address;

  constructor(
    readonly store: Store,
    readonly source: ReadonlySet<unknown>,
  ) {
    this.target = store.require(() => store.core.newSet(source.size), `a set of ${source.size}`);
  }

  give(): number {
    throw new Error("the elements of a set are keys, and no containers to be filled");
  }

  fill(): boolean {
    const { size } = this.source;
    let count = 0;
    for (const value of this.source) {
      checkKey(value);
      if (!addElement(this.store, () => this.target, value)) throw collision(value);
      count++;
    }
    if (this.source.size !== size || count !== size)
      throw new ContainerChangedError("a Set changed while it was copied");
    return false;
  }

  place(): string {
    return ".values()";
  }
}

/** Of JavaScript's containers none can be a key: they become lists, dicts and sets. */
function checkKey(key: unknown): void {
  if (!isContainer(key)) return;
  const type = Array.isArray(key) ? "list" : key instanceof Set ? "set" : "dict";
  throw new BadKeyError(`unhashable type: '${type}'`);
}

function collision(key: unknown): BadKeyError {
  return new BadKeyError(`two keys are different to JavaScript and equal to Python: the second is ${describe(key)}`);
}
