/**
 * How each kind of JavaScript container is read while it is copied into a heap: arrays, Maps, Sets and plain objects.
 *
 * A getter of the program may change a container while it is copied. Each kind detects that, and the copy fails with a
 * {@link ContainerChangedError}.
 */
import { LOAD_DICT, LOAD_LIST, LOAD_SET, ORIGIN_MAP } from "../../assembly/layout.js";
import { isMarking, outside } from "../base/entered.js";
import { BadValueError, ContainerChangedError, describe } from "../base/errors.js";
import type { Place } from "../handles/places.js";
import { originOf } from "./places.js";
import type { StandIn } from "./stand-ins.js";

/** The output of frames. */
export interface Copy {
  /** Replaces values before they are copied. Undefined: no replacement. */
  readonly standIn: StandIn | undefined;
  /** Writes the beginning of a container. */
  open(operation: number, length: number, origin?: number): void;
  /** Writes a value. Returns true if the value is a container that must be copied first. */
  put(value: unknown): boolean;
  /** Writes the name of a property, as the key of the next value. */
  putName(name: string): void;
  /** Writes an entry of a dict with any key. Returns true if its value is a container that must be copied first. */
  putEntry(key: unknown, value: unknown): boolean;
  /** Writes an element of a set. */
  putElement(value: unknown): void;
}

/** A JavaScript container that is being copied. */
export interface Frame {
  /** Copies until the container is complete (returns false) or a container must be copied first (returns true). */
  fill(copy: Copy): boolean;
  /** The current item, as a step of a path in messages. Empty if the container itself causes the error. */
  place(): string;
}

/** What `placeOf` says of a container. */
export type ContainerPlace = Exclude<Place, "bytes">;

/** Writes the beginning of a container. The rest follows with `fill`. */
export function frameOf(copy: Copy, source: object, place: ContainerPlace): Frame {
  switch (place) {
    case "array":
      return new ArrayFrame(copy, source as readonly unknown[]);
    case "map":
      return new MapFrame(copy, source as ReadonlyMap<unknown, unknown>);
    case "set":
      return new SetFrame(copy, source as ReadonlySet<unknown>);
    case "object":
      return new ObjectFrame(copy, source as Readonly<Record<string, unknown>>);
  }
}

/**
 * Longer arrays are searched for holes before the heap allocates memory for them: `[]` with a length of 2^32 - 1 costs
 * JavaScript nothing. Holes in shorter arrays are found while copying.
 */
const TRUSTED_LENGTH = 65_536;

/** Reads a property, which may run a getter of the program. */
function read(source: object, key: PropertyKey): unknown {
  return outside(Reflect.get as (from: object, name: PropertyKey) => unknown, undefined, source, key);
}

class ArrayFrame implements Frame {
  readonly #source: readonly unknown[];
  readonly #length: number;
  /** Number of values whose copy has begun. 0 also if the container itself causes the error. */
  #begun = 0;

  constructor(copy: Copy, source: readonly unknown[]) {
    const { length } = source;
    this.#source = source;
    this.#length = length;
    if (length > TRUSTED_LENGTH) for (let i = 0; i < length; i++) if (!(i in source)) throw sparse(i);
    copy.open(LOAD_LIST, length);
  }

  fill(copy: Copy): boolean {
    const source = this.#source;
    const length = this.#length;
    while (this.#begun < length) {
      const index = this.#begun++;
      const value = isMarking ? read(source, index) : source[index];
      if (value === undefined && !(index in source)) {
        if (source.length !== length) break;
        throw sparse(index);
      }
      const { standIn } = copy;
      if (copy.put(standIn === undefined ? value : (standIn(value, index, source) ?? null))) return true;
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
  /** Number of values whose copy has begun. 0 also if the container itself causes the error. */
  #begun = 0;

  constructor(copy: Copy, source: Readonly<Record<string, unknown>>) {
    const origin = originOf(source);
    this.#source = source;
    this.#keys = Object.keys(source);
    copy.open(LOAD_DICT, this.#keys.length, origin);
  }

  fill(copy: Copy): boolean {
    const source = this.#source;
    const keys = this.#keys;
    while (this.#begun < keys.length) {
      const key = keys[this.#begun++] as string;
      let value = isMarking ? read(source, key) : source[key];
      if (value === undefined && !Object.hasOwn(source, key)) throw changed();
      if (copy.standIn !== undefined && (value = copy.standIn(value, key, source)) === undefined) continue;
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

class MapFrame implements Frame {
  readonly #source: ReadonlyMap<unknown, unknown>;
  readonly #size: number;
  readonly #entries: Iterator<[unknown, unknown]>;
  #key: unknown;
  #count = 0;
  #isOver = false;

  constructor(copy: Copy, source: ReadonlyMap<unknown, unknown>) {
    this.#source = source;
    this.#size = source.size;
    this.#entries = source.entries();
    copy.open(LOAD_DICT, source.size, ORIGIN_MAP);
  }

  fill(copy: Copy): boolean {
    for (let next = this.#entries.next(); next.done !== true; next = this.#entries.next()) {
      this.#count++;
      let [key, value] = next.value;
      this.#key = key;
      if (copy.standIn !== undefined) {
        const name = key;
        key = copy.standIn(name, name, this.#source);
        value = copy.standIn(value, name, this.#source);
        if (key === undefined || value === undefined) continue;
      }
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

  constructor(copy: Copy, source: ReadonlySet<unknown>) {
    this.#source = source;
    this.#size = source.size;
    copy.open(LOAD_SET, source.size);
  }

  fill(copy: Copy): boolean {
    let count = 0;
    for (const element of this.#source) {
      count++;
      const value = copy.standIn === undefined ? element : copy.standIn(element, element, this.#source);
      if (value !== undefined || copy.standIn === undefined) copy.putElement(value);
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
