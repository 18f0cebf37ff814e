import { LOAD_END, LOAD_FALSE, LOAD_KEY, LOAD_NONE, LOAD_REF, LOAD_TRUE, RESULT_FOUND } from "../../assembly/layout.js";
import { checkResult } from "../handles/containers/table.js";
import { readOptions } from "../base/arguments.js";
import {
  BadKeyError,
  BadOptionError,
  BadValueError,
  ContainerChangedError,
  HeapwrightError,
  describe,
  isStackOverflow,
  messageOf,
} from "../base/errors.js";
import { Numbering } from "../base/numbering.js";
import { isHandle } from "../handles/handle.js";
import { isLiteral, noPlaceFor, placeOf } from "../handles/places.js";
import type { Store } from "../state/store.js";
import { isA } from "../base/untrusted.js";
import { isInt, ownedKey, ownedValue, withKey } from "../handles/values.js";
import type { Address } from "../wasm/exports.js";
import { frameOf } from "./frames.js";
import type { ContainerPlace, Copy, Frame } from "./frames.js";
import { LoadStream } from "./load-stream.js";
import { ThrownOutside, standInsFor } from "./stand-ins.js";
import type { FromOptions, StandIn } from "./stand-ins.js";

/**
 * Copies a JavaScript value into the heap, and returns its object with one reference for the caller: see `Heap.from`.
 *
 * The walk is depth first and does not recurse: an array holds a frame for each incomplete container. The walk writes a
 * stream of operations, and the core executes some thousands of them at a time.
 */
export function fromJS(store: Store, value: unknown, given: FromOptions = {}): Address {
  const options = readOptions(given, FROM_OPTIONS);
  const { replace, toJSON } = options;
  if (replace !== undefined && typeof replace !== "function")
    throw new BadOptionError(`replace is a function, not ${describe(replace)}`);
  if (toJSON !== undefined && typeof toJSON !== "boolean")
    throw new BadOptionError(`toJSON is true or false, not ${describe(toJSON)}`);
  const standIn = standInsFor(options);
  let root = value;
  if (standIn !== undefined) {
    store.mustLive();
    try {
      root = standIn(value, "", undefined);
    } catch (error) {
      throw placed(error, "");
    }
  }
  if (!isLiteral(root)) return ownedValue(store, root);
  store.askForRoom();
  return new CopyIn(store, standIn).run(root);
}

const FROM_OPTIONS: Record<keyof FromOptions, true> = { replace: true, toJSON: true };

/** Returns an error that names the place of the value. */
function placed(error: unknown, at: string): unknown {
  if (isStackOverflow(error)) return error;
  if (isA(error, ThrownOutside)) {
    const { cause, message } = error;
    if (isStackOverflow(cause)) return cause;
    return new BadValueError(`${message} of value${at} failed: ${messageOf(cause)}`, { cause });
  }
  if (!isA(error, HeapwrightError))
    return new BadValueError(`reading value${at} failed: ${messageOf(error)}`, { cause: error });
  // A new error instead of a new message: a getter that threw this error may have kept or frozen it.
  const Same = PLACED.find((type) => error instanceof type);
  return Same === undefined ? error : new Same(`${messageOf(error)} (in value${at})`, { cause: error });
}

/** Steps at each end of a way that messages show. */
const SHOWN_STEPS = 50;

/** Where the innermost container is. Of a long way only both ends. */
function placeOfFrames(frames: readonly Frame[]): string {
  const placesOf = (some: readonly Frame[]): string => some.map((frame) => frame.place()).join("");
  if (frames.length <= 2 * SHOWN_STEPS) return placesOf(frames);
  return `${placesOf(frames.slice(0, SHOWN_STEPS))}[…]${placesOf(frames.slice(-SHOWN_STEPS))}`;
}

/** Maximal number of interned names that are kept. */
const MOST_KEYS = 10_000;

/** Errors that get the place of the value. */
const PLACED = [BadValueError, BadKeyError, ContainerChangedError] as const;

class CopyIn implements Copy {
  readonly #stream: LoadStream;
  /** Containers visited so far, numbered. */
  readonly #numbers = new Numbering();
  readonly #frames: Frame[] = [];
  /** Interned names of properties. Each is owned while it is in the map. */
  readonly #keys = new Map<string, Address>();

  constructor(
    readonly store: Store,
    readonly standIn: StandIn | undefined,
  ) {
    this.#stream = new LoadStream(store);
  }

  run(root: object): Address {
    const { core } = this.store;
    const interned = core.internCapacity();
    // Every object created here is held until the end, so a collection would find nothing, and would take a third of the time.
    core.addPause(1);
    let isWhole = false;
    let result = 0;
    try {
      this.#putContainer(root, placeOf(root) as ContainerPlace);
      for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
        if (frame.fill(this)) continue;
        this.#stream.write(LOAD_END);
        this.#frames.pop();
      }
      this.#stream.flush();
      isWhole = true;
    } catch (error) {
      throw placed(error, placeOfFrames(this.#frames));
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
        if (!isHandle(value)) {
          const place = placeOf(value);
          if (place === undefined) throw noPlaceFor(value);
          if (place !== "bytes") return this.#putContainer(value, place);
        }
    }
    stream.writeObject(ownedValue(this.store, value));
    return false;
  }

  #putContainer(value: object, place: ContainerPlace): boolean {
    const number = this.#numbers.add(value);
    if (number < 0) {
      this.#frames.push(frameOf(this, value, place));
      return true;
    }
    this.#stream.write(LOAD_REF, number);
    return false;
  }

  open(operation: number, length: number, origin = 0): void {
    this.#stream.writeWith(operation, length, origin);
  }

  /** Interns a name and keeps it, because names recur. */
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

  putElement(value: unknown): void {
    this.#stream.writeObject(ownedKey(this.store, value));
    this.#finishEntry(value, false);
  }

  /** Rejects a key that is equal to another by Python's rules but not by JavaScript's: 1 and 1n, 0 and false. */
  #finishEntry(key: unknown, isNew: boolean): boolean {
    if (checkResult(this.store, this.#stream.flush()) === RESULT_FOUND)
      throw new BadKeyError(`two keys are different to JavaScript and equal to Python: the second is ${describe(key)}`);
    return isNew;
  }
}
