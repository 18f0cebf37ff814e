import { BadValueError, describe } from "../base/errors.js";
import { adopt } from "../handles/adopt.js";
import type { DictHandle } from "../handles/containers/dict.js";
import { FrozensetHandle } from "../handles/containers/frozenset.js";
import type { ListHandle } from "../handles/containers/list.js";
import type { DictInit } from "../handles/containers/pairs.js";
import type { SetHandle } from "../handles/containers/set.js";
import { ownedTuple } from "../handles/containers/tuple.js";
import type { TupleHandle } from "../handles/containers/tuple.js";
import { filled } from "../handles/filled.js";
import { addressIn, isHandleOf } from "../handles/handle.js";
import type { Handle } from "../handles/handle.js";
import type { BytesHandle, StrHandle } from "../handles/text.js";
import { ownedBytes, ownedFloat, ownedInt, ownedStr, withKey } from "../handles/values.js";
import type { Given, Value, Widened } from "../handles/values.js";
import { fromJS } from "../load/from-js.js";
import type { BinaryData } from "../handles/places.js";
import type { BigintArray, CopyOf, NumberArray } from "../load/copy-of.js";
import type { FromOptions } from "../load/stand-ins.js";
import { parseParts, parseText } from "../load/parse.js";
import type { ParseOptions, ParseStreamOptions, TextSource } from "../load/parse.js";
import type { Store } from "../state/store.js";
import type { CoreExports } from "../wasm/readings.js";

/** Makes values of a heap: those of Python's types, and copies of JavaScript's. */
export abstract class HeapValues {
  readonly #store: Store;

  /** @internal */
  protected constructor(store: Store) {
    this.#store = store;
  }

  /**
   * A new list of these items. Arrays and other containers of JavaScript's among them are copied, as by `from`.
   *
   * @example
   * using rows = heap.list([[1, 2], [3]]); // a list of two lists
   * using names = heap.list<string>(); // an empty list, which takes strings
   * names.append("Alice");
   */
  list<T extends Value = Value>(): ListHandle<T>;
  list<T extends Value | object>(items?: Iterable<T>): ListHandle<CopyOf<T>>;
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- not one with the first, which must come before the second
  list<T extends Value>(items: Iterable<Given<T>>): ListHandle<T>;
  list<T extends Value | object = Value>(items: Iterable<T> = []): ListHandle<CopyOf<T>> {
    return this.#made<ListHandle<CopyOf<T>>>(
      "a list",
      (core) => core.newList(0),
      (list) => {
        list.extend(items as Iterable<never>);
      },
    );
  }

  /**
   * A new tuple of these items.
   *
   * @example
   * using point = heap.tuple([3, 4]);
   * using places = heap.dict([[point, "home"]]); // tuples can be keys
   * places.get(point); // "home"
   */
  tuple<const T extends readonly (Value | object)[]>(items: T): TupleHandle<{ [I in keyof T]: CopyOf<T[I]> }>;
  tuple(items?: Iterable<Value | object>): TupleHandle;
  tuple(items: Iterable<Value | object> = []): TupleHandle {
    return adopt(this.#store, ownedTuple(this.#store, items));
  }

  /**
   * A new dict of these entries: pairs, a `Map`, another dict, or the properties of an object.
   *
   * @example
   * using ages = heap.dict({ Alice: 42 });
   * using empty = heap.dict<string, number>(); // an empty dict, which takes such entries
   * empty.update(ages);
   *
   * @throws {@link BadKeyError}
   */
  dict<K extends Value, V extends Value | object>(
    entries: Iterable<readonly [K, V]>,
  ): DictHandle<Widened<K>, CopyOf<V>>;
  dict<V extends Value | object>(entries: Readonly<Record<string, V>>): DictHandle<string, CopyOf<V>>;
  dict<K extends Value = Value, V extends Value = Value>(entries?: DictInit<K, Given<V>>): DictHandle<K, V>;
  dict(entries: DictInit): DictHandle;
  dict(entries: DictInit = []): DictHandle {
    return this.#made<DictHandle>(
      "a dict",
      (core) => core.newDict(0),
      (dict) => {
        dict.update(entries);
      },
    );
  }

  /**
   * A new set of these elements.
   *
   * @example
   * using tags = heap.set(["new", "sale", "new"]);
   * tags.size; // 2
   *
   * @throws {@link BadKeyError}
   */
  set<T extends Value = Value>(): SetHandle<T>;
  set<T extends Value = Value>(elements?: Iterable<T>): SetHandle<Widened<T>>;
  set<T extends Value = Value>(elements: Iterable<T> = []): SetHandle<Widened<T>> {
    return this.#made<SetHandle<Widened<T>>>(
      "a set",
      (core) => core.newSet(0),
      (set) => {
        set.update(elements as Iterable<never>);
      },
    );
  }

  /**
   * A frozenset of these elements: a set that never changes, so it can be a key. Of a frozenset, another handle, as in
   * Python.
   *
   * @example
   * using edge = heap.frozenset([1, 2]);
   * using edges = heap.set([edge, edge]);
   * edges.size; // 1
   *
   * @throws {@link BadKeyError}
   */
  frozenset<T extends Value = Value>(): FrozensetHandle<T>;
  frozenset<T extends Value = Value>(elements?: Iterable<T>): FrozensetHandle<Widened<T>>;
  frozenset<T extends Value = Value>(elements: Iterable<T> = []): FrozensetHandle<Widened<T>> {
    if (isHandleOf<FrozensetHandle<Widened<T>>>(elements, FrozensetHandle)) {
      addressIn(this.#store, elements);
      return elements.clone();
    }
    return FrozensetHandle.create(this.#store, elements as Iterable<Value>) as FrozensetHandle<Widened<T>>;
  }

  /** A new container, filled: all of it, or nothing. */
  #made<H extends Handle>(what: string, make: (core: CoreExports) => number, fill: (handle: H) => void): H {
    const store = this.#store;
    const made = store.require(() => make(store.core), what);
    return filled(adopt<H>(store, made), fill);
  }

  /**
   * Copies a JavaScript value into the heap: numbers, strings, booleans, `null`, bigints of 64 bits, arrays,
   * plain objects, `Map`, `Set`, `Uint8Array` and other binary data; shared parts stay shared, cycles cycles, and handles
   * are what they are handles of. `toJS` gives back an equal value. Depth is no limit. Automatic collection waits until
   * the copy is whole.
   *
   * @example
   * using list = heap.from([1, { name: "Bob" }]);
   * using event = heap.from({ at: new Date(0) }, { toJSON: true });
   * event.repr(); // "{'at': '1970-01-01T00:00:00.000Z'}"
   * class Point { constructor(readonly x: number) {} }
   * using point = heap.from(new Point(3), { replace: (value) => ({ ...(value as object) }) }); // its properties
   *
   * @returns a handle of the copy, which the caller releases.
   * @throws {@link BadValueError} for functions, symbols, `undefined` and other classes that `replace` does not replace,
   *   sparse arrays, numbers and texts that the heap cannot hold, and what getters and `replace` throw (as `cause`);
   *   {@link BadKeyError} for keys that Python could not tell apart; {@link ContainerChangedError} if something changes
   *   meanwhile; {@link BadOptionError}; {@link OutOfMemoryError}. Nothing of the copy is left then.
   */
  from<T>(value: readonly T[]): ListHandle<CopyOf<T>>;
  from<T>(value: ReadonlySet<T>): SetHandle<CopyOf<T>>;
  from(value: string): StrHandle;
  from(value: BinaryData): BytesHandle;
  from(value: NumberArray): ListHandle<number>;
  from(value: BigintArray): ListHandle<bigint>;
  from<T extends Handle>(value: T): T;
  from(value: object): DictHandle;
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what `replace` makes
  from<H extends Handle = Handle>(value: unknown, options?: FromOptions): H;
  from(value: unknown, options: FromOptions = {}): Handle {
    return adopt(this.#store, fromJS(this.#store, value, options));
  }

  /**
   * Copies the value of a JSON text into the heap: what `from(JSON.parse(text))` makes, without the objects in between.
   * Depth is no limit. Bytes are taken as UTF-8.
   *
   * @example
   * using order = heap.parse<DictHandle>('{"id": 7, "lines": [{"price": 2.5}]}');
   * order.read("lines", 0, "price"); // 2.5
   *
   * @returns a handle of the whole value, which the caller releases.
   * @throws {@link BadJsonError} for what is not JSON, with line and column; {@link BadValueError} for half of a surrogate
   *   pair, and what is neither a string nor a `Uint8Array`; {@link OutOfMemoryError}. Nothing of the copy is left then.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unnecessary-type-parameters -- as JSON.parse
  parse<H extends Handle = any>(text: string | Uint8Array, options: ParseOptions = {}): H {
    return adopt<H>(this.#store, parseText(this.#store, text, options));
  }

  /**
   * As `parse`, of a text that comes in pieces: strings or bytes of UTF-8, cut anywhere. The heap keeps the objects, and
   * of the text no more than the piece at hand and the longest token. The program may use the heap while it waits.
   *
   * @example
   * const pieces = ['[1, {"na', 'me": "Bob"}]'];
   * using list = await heap.parseStream(pieces); // or (await fetch(url)).body, a file's stream, …
   * list.toJS(); // [1, { name: "Bob" }]
   *
   * @returns a handle of the whole value, which the caller releases.
   * @throws As `parse`; what the source throws; the reason of `signal` when that is aborted; {@link HeapDisposedError} if
   *   the heap is disposed of meanwhile. Nothing of the copy is left then, and the source has been told that it is given up.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
  async parseStream<H extends Handle = any>(source: TextSource, options: ParseStreamOptions = {}): Promise<H> {
    return adopt<H>(this.#store, await parseParts(this.#store, source, options));
  }

  /**
   * A new string.
   *
   * @example
   * using name = heap.str("Zoë");
   * name.length; // 3: code points
   * name.byteLength; // 4: UTF-8
   *
   * @throws {@link BadValueError} for half of a surrogate pair.
   */
  str(text: string): StrHandle {
    return adopt(this.#store, ownedStr(this.#store, text));
  }
  /**
   * The one interned string with this text: Python's `sys.intern`. It lives as long as somebody refers to it.
   *
   * @example
   * using one = heap.intern("title");
   * using other = heap.intern("title");
   * one.is(other); // true
   */
  intern(text: string): StrHandle {
    const store = this.#store;
    if (typeof text !== "string") throw new BadValueError(`expected a string, got ${describe(text)}`);
    return adopt(
      store,
      store.require(() => withKey(store, text, (key) => store.core.intern(key)), "a string"),
    );
  }
  /**
   * New bytes, copied.
   *
   * @example
   * using bytes = heap.bytes(Uint8Array.of(1, 2, 3));
   * bytes.length; // 3
   */
  bytes(bytes: Uint8Array): BytesHandle {
    return adopt(this.#store, ownedBytes(this.#store, bytes));
  }
  /**
   * An integer of 64 bits; those from -5 to 256 are shared and immortal.
   *
   * @example
   * using big = heap.int(2n ** 60n);
   * big.toJS(); // 1152921504606846976n
   *
   * @throws {@link BadValueError}
   */
  int(value: number | bigint): Handle {
    return adopt(this.#store, ownedInt(this.#store, value));
  }
  /**
   * A new floating-point number.
   *
   * @example
   * using one = heap.float(1);
   * one.repr(); // "1.0": `heap.int(1)` would be "1"
   */
  float(value: number): Handle {
    return adopt(this.#store, ownedFloat(this.#store, value));
  }
  /**
   * A handle for the immortal `True` or `False`.
   *
   * @example
   * using yes = heap.bool(true);
   * yes.isImmortal; // true
   */
  bool(value: boolean): Handle {
    if (typeof value !== "boolean") throw new BadValueError(`expected true or false, got ${describe(value)}`);
    return adopt(this.#store, this.#store.core.bool(value ? 1 : 0) >>> 0);
  }
  /** A handle for the immortal `None`. */
  get none(): Handle {
    return adopt(this.#store, this.#store.core.none() >>> 0);
  }
}
