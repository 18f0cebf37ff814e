import { readOptions } from "../base/arguments.js";
import { BadOptionError, BadValueError, CorruptHeapError, HeapBusyError, describe } from "../base/errors.js";
import { uncloneable } from "../base/uncloneable.js";
import { adopt } from "../handles/adopt.js";
import type { DictHandle } from "../handles/containers/dict.js";
import type { ListHandle } from "../handles/containers/list.js";
import type { DictInit } from "../handles/containers/pairs.js";
import type { SetHandle } from "../handles/containers/set.js";
import { ownedTuple } from "../handles/containers/tuple.js";
import type { TupleHandle } from "../handles/containers/tuple.js";
import { DISPOSE } from "../handles/handle.js";
import type { Handle } from "../handles/handle.js";
import { membersIn } from "../handles/mixin.js";
import { runScope } from "../handles/scope.js";
import type { Named } from "../handles/field-types.js";
import type { Fields, None } from "../handles/struct-handle.js";
import { StructLayout, layoutIn } from "../handles/struct-layout.js";
import { StructType } from "../handles/struct.js";
import type { StructOptions } from "../handles/struct.js";
import type { BytesHandle, StrHandle } from "../handles/text.js";
import { ownedBytes, ownedFloat, ownedInt, ownedStr, withKey } from "../handles/values.js";
import type { Given, Value, Widened } from "../handles/values.js";
import { fromJS } from "../load/from-js.js";
import type { BigintArray, BinaryData, CopyOf, NumberArray } from "../load/copy-of.js";
import type { FromOptions } from "../load/stand-ins.js";
import { parseParts, parseText } from "../load/parse.js";
import type { ParseOptions, ParseStreamOptions, TextSource } from "../load/parse.js";
import { Batch } from "../modules/batch.js";
import { CollectionLog } from "../modules/gc/collections.js";
import { Gc } from "../modules/gc/gc.js";
import { makeRawHeap } from "../modules/raw.js";
import type { RawHeap } from "../modules/raw.js";
import { Roots } from "../modules/roots.js";
import { takeStats } from "../modules/stats.js";
import type { HeapStats } from "../modules/stats.js";
import { Weakrefs } from "../modules/weakref/weakrefs.js";
import { readFields } from "../object/field-types.js";
import { releaseEverything } from "../persist/end.js";
import type { Leak, LiveHandle } from "../state/leak-log.js";
import { checkMaxBytes } from "../state/options.js";
import { Store } from "../state/store.js";
import type { CoreAtHand, CoreProvider, CoreSource } from "../wasm/instance.js";
import { describeInvariant } from "../wasm/invariants.js";
import type { CoreExports } from "../wasm/readings.js";
import { markEntrances } from "./entrances.js";
import { HEAP_OPTIONS, applyOptions, makeStore } from "./options.js";
import type { HeapOptions } from "./options.js";
import { start, startSync } from "./start.js";

function noCore(): never {
  throw new BadOptionError('this entry of heapwright brings no core: give one as the option "module"');
}
/** Of a heap that is given its core. */
export const NO_CORE: CoreProvider = { compile: noCore, compileSync: noCore };

let storeIn: (value: object) => Store | undefined;

/** The books of a heap that somebody passed in. @throws {@link BadValueError} */
export function storeOf(heap: unknown): Store {
  const store = typeof heap === "object" && heap !== null ? storeIn(heap) : undefined;
  if (store === undefined) throw new BadValueError(`expected a heap, got ${describe(heap)}`);
  return store;
}

/**
 * A heap: Python's memory manager over linear memory of its own.
 *
 * Objects die the moment their last reference goes; cycles are found by a three-generation collector.
 * Any number of heaps live side by side and know nothing of each other.
 */
export class Heap {
  static {
    storeIn = (value) => (#store in value ? value.#store : undefined);
  }
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("a heap");
  readonly #store: Store;
  readonly #log: CollectionLog;
  /** The heap on raw addresses, for hot loops. */
  readonly core: RawHeap;
  /** The same to many objects in one call. */
  readonly batch: Batch;
  /** Python's `gc` module. */
  readonly gc: Gc;
  /** Python's `weakref` module. */
  readonly weakref: Weakrefs;
  /** Objects by name, which images keep. */
  readonly roots: Roots;

  /** Heaps are made by `create` and `createSync`. */
  protected constructor(store: unknown) {
    if (!(store instanceof Store)) throw new BadValueError("a heap is made by Heap.create() or Heap.createSync()");
    this.#store = store;
    this.core = makeRawHeap(store);
    this.batch = new Batch(store);
    this.#log = new CollectionLog(store);
    this.gc = new Gc(store, this.#log);
    this.weakref = new Weakrefs(store);
    this.roots = new Roots(store);
    if (store.net.hasSites) markEntrances(store, this);
  }

  /** A heap over a core that has been started. @internal */
  static over(store: Store): Heap {
    return new this(store);
  }

  /** The core to run if none is given. @internal */
  protected static readonly core: CoreProvider = NO_CORE;

  /**
   * A new, empty heap. The core is given as the option `module`: see `heapwright/core.wasm`.
   *
   * @throws {@link BadOptionError}, {@link OutOfMemoryError}
   */
  static async create(given: HeapOptions & { module: CoreSource }): Promise<Heap> {
    const options: HeapOptions = readOptions(given, HEAP_OPTIONS);
    const store = makeStore(options);
    await start(store, options.module ?? this.core.compile(), options.maxBytes);
    applyOptions(store, options);
    return new this(store);
  }

  /** As `create`, at once; the core must be at hand as a module or bytes. */
  static createSync(given: HeapOptions<CoreAtHand> & { module: CoreAtHand }): Heap {
    const options: HeapOptions<CoreAtHand> = readOptions(given, HEAP_OPTIONS);
    const store = makeStore(options);
    startSync(store, options.module ?? this.core.compileSync(), options.maxBytes);
    applyOptions(store, options);
    return new this(store);
  }

  /**
   * Defines a type of objects. Fields hold raw numbers, or references: `"str"`, `"value"`, `"ref"` to any object, or
   * `ref()` and `weak()` to objects of a struct; in a getter, if that is defined later, or is this one.
   *
   * ```ts
   * const Person = heap.struct("Person", {
   *   title: "str",
   *   get buddy() { return ref(Person); },
   * });
   * const alice = Person.new({ title: "Alice" });
   * alice.buddy = Person.new({ title: "Bob" });
   * alice.buddy.title; // "Bob"
   * ```
   *
   * With `finalize` or `methods` besides, TypeScript wants fields that have such getters as a constant of their own:
   * `const fields = { … } as const`.
   *
   * @throws {@link BadFieldError} for a field that is called like a member of a handle, or of unknown type;
   *   {@link DuplicateTypeError} if the name is taken.
   */
  struct<const N extends string, const F extends Fields, M = None, C = None, BF extends Fields = None, BM = None>(
    name: N,
    fields: F,
    options: StructOptions<F, M, C, BF, BM> = {},
  ): StructType<BF & F, BM & M & C & Named<N>> {
    const { finalize, extends: base, ...bodies } = readOptions(options, STRUCT_OPTIONS);
    const layout = new StructLayout(this.#store, {
      name,
      fields: readFields(fields),
      finalize: finalize as ((handle: Handle) => void) | undefined,
      base: base === undefined ? undefined : layoutIn(this.#store, base),
      members: membersIn(bodies.class, bodies.methods),
    });
    return new StructType(layout);
  }

  /**
   * A new list of these items. Arrays and other containers of JavaScript's among them are copied, as by `from`.
   *
   * ```ts
   * const rows = heap.list([[1, 2], [3]]); // a list of two lists
   * const names = heap.list<string>(); // an empty list, which takes strings
   * ```
   */
  list<T extends Value = Value>(): ListHandle<T>;
  list<T extends Value | object>(items?: Iterable<T>): ListHandle<CopyOf<T>>;
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- not one with the first, which must come before the second
  list<T extends Value>(items: Iterable<Given<T>>): ListHandle<T>;
  list<T extends Value | object = Value>(items: Iterable<T> = []): ListHandle<CopyOf<T>> {
    return this.#filled<ListHandle<CopyOf<T>>>(
      "a list",
      (core) => core.newList(0),
      (list) => {
        list.extend(items as Iterable<never>);
      },
    );
  }

  /** A new tuple of these items. */
  tuple<const T extends readonly (Value | object)[]>(items: T): TupleHandle<{ [I in keyof T]: CopyOf<T[I]> }>;
  tuple(items?: Iterable<Value | object>): TupleHandle;
  tuple(items: Iterable<Value | object> = []): TupleHandle {
    return adopt(this.#store, ownedTuple(this.#store, items));
  }

  /**
   * A new dict of these entries: pairs, a `Map`, another dict, or the properties of an object.
   *
   * ```ts
   * const ages = heap.dict({ Ann: 30 });
   * const empty = heap.dict<string, number>(); // an empty dict, which takes such entries
   * ```
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
    return this.#filled<DictHandle>(
      "a dict",
      (core) => core.newDict(0),
      (dict) => {
        dict.update(entries);
      },
    );
  }

  /** A new set of these elements. @throws {@link BadKeyError} */
  set<T extends Value = Value>(): SetHandle<T>;
  set<T extends Value = Value>(elements?: Iterable<T>): SetHandle<Widened<T>>;
  set<T extends Value = Value>(elements: Iterable<T> = []): SetHandle<Widened<T>> {
    return this.#filled<SetHandle<Widened<T>>>(
      "a set",
      (core) => core.newSet(0),
      (set) => {
        set.update(elements as Iterable<never>);
      },
    );
  }

  /** A new container, filled: all of it, or nothing. */
  #filled<H extends Handle>(what: string, make: (core: CoreExports) => number, fill: (handle: H) => void): H {
    const store = this.#store;
    const handle = adopt<H>(
      store,
      store.require(() => make(store.core), what),
    );
    try {
      fill(handle);
      return handle;
    } catch (error) {
      handle.release();
      throw error;
    }
  }

  /**
   * Copies a JavaScript value into the heap: numbers, strings, booleans, `null`, bigints of 64 bits, arrays,
   * plain objects, `Map`, `Set`, `Uint8Array` and other binary data; shared parts stay shared, cycles cycles, and handles
   * are what they are handles of. `toJS` gives back an equal value. Depth is no limit. Automatic collection waits until
   * the copy is whole.
   *
   * ```ts
   * heap.from([1, { name: "Bob" }]);
   * heap.from({ at: new Date(0) }, { toJSON: true }); // {"at": "1970-01-01T00:00:00.000Z"}
   * heap.from(tree, { replace: (node) => ({ ...(node as object) }) }); // instances of classes, as their properties
   * ```
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
   * ```ts
   * const order = heap.parse('{"id": 7, "lines": [{"price": 2.5}]}');
   * order.read("lines", 0, "price"); // 2.5
   * ```
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
   * ```ts
   * const pieces = ['[1, {"na', 'me": "Bob"}]'];
   * const list = await heap.parseStream(pieces); // or (await fetch(url)).body, a file's stream, …
   * list.toJS(); // [1, { name: "Bob" }]
   * ```
   *
   * @returns a handle of the whole value, which the caller releases.
   * @throws As `parse`; what the source throws; the reason of `signal` when that is aborted; {@link HeapDisposedError} if
   *   the heap is disposed of meanwhile. Nothing of the copy is left then, and the source has been told that it is given up.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse
  async parseStream<H extends Handle = any>(source: TextSource, options: ParseStreamOptions = {}): Promise<H> {
    return adopt<H>(this.#store, await parseParts(this.#store, source, options));
  }

  /** A new string. @throws {@link BadValueError} for half of a surrogate pair. */
  str(text: string): StrHandle {
    return adopt(this.#store, ownedStr(this.#store, text));
  }
  /** The one interned string with this text: Python's `sys.intern`. It lives as long as somebody refers to it. */
  intern(text: string): StrHandle {
    const store = this.#store;
    if (typeof text !== "string") throw new BadValueError(`expected a string, got ${describe(text)}`);
    return adopt(
      store,
      store.require(() => withKey(store, text, (key) => store.core.intern(key)), "a string"),
    );
  }
  /** New bytes, copied. */
  bytes(bytes: Uint8Array): BytesHandle {
    return adopt(this.#store, ownedBytes(this.#store, bytes));
  }
  /** An integer of 64 bits; those from -5 to 256 are shared and immortal. @throws {@link BadValueError} */
  int(value: number | bigint): Handle {
    return adopt(this.#store, ownedInt(this.#store, value));
  }
  /** A new floating-point number. */
  float(value: number): Handle {
    return adopt(this.#store, ownedFloat(this.#store, value));
  }
  /** A handle for the immortal `True` or `False`. */
  bool(value: boolean): Handle {
    if (typeof value !== "boolean") throw new BadValueError(`expected true or false, got ${describe(value)}`);
    return adopt(this.#store, this.#store.core.bool(value ? 1 : 0) >>> 0);
  }
  /** A handle for the immortal `None`. */
  get none(): Handle {
    return adopt(this.#store, this.#store.core.none() >>> 0);
  }

  /**
   * Runs a function and releases every handle it made, the last first, but those it returns: itself, or in arrays, Maps,
   * Sets and own enumerable properties of any objects, however deep. They go to the scope around this one, if any. What
   * cannot be seen is released: in private fields, closures, promises and JavaScript's iterators. An iterator of a heap's
   * container needs no scope.
   *
   * @throws {@link BadValueError} if the function is async: a scope ends when it returns; and if it returns more than a
   *   million objects while handles that it made are still live: to look for them there would take too long.
   */
  scope<T>(run: () => T): T {
    if (typeof run !== "function") throw new BadValueError("a scope needs a function to run");
    this.#store.mustLive();
    return runScope(this.#store, run);
  }

  /**
   * All handles that are alive now, in the order they were made: the first thing to look at when memory runs out. Those
   * that were forgotten and are not found yet are among them. With the option `traceHandles`, each has its site.
   */
  handles(): LiveHandle[] {
    const store = this.#store;
    store.mustLive();
    return Array.from(store.net.live(), ([address, site]) => store.describeHandle(address, site));
  }

  /**
   * The latest 1,000 handles that JavaScript forgot and that were released for you, in the order they were found. How
   * many there have been is in `stats().forgotten`.
   *
   * A forgotten handle is found some time after JavaScript's own collector has run, and never in the middle of
   * synchronous code. The newest 64 handles are kept alive by the heap until 64 more are alive, or until
   * a full collection, or this call.
   */
  leaks(): Leak[] {
    const store = this.#store;
    store.mustLive();
    store.net.close();
    return store.leaks.latest.map((leak) => ({ ...leak }));
  }

  /** Empties the list that `leaks()` gives. `stats().forgotten` stays. */
  clearLeaks(): void {
    const store = this.#store;
    store.mustLive();
    store.leaks.clear();
  }

  /**
   * Most bytes of linear memory that the heap may take: the option `maxBytes`. It can be raised when memory runs out, and
   * lowered as far as the heap has not grown: memory that it has reserved (`stats().bytes.reserved`) stays.
   *
   * @throws {@link BadOptionError} when it is set to what is no such number, or to less than is reserved.
   */
  get maxBytes(): number {
    return this.#store.core.limitBytes();
  }
  set maxBytes(bytes: number) {
    const { core } = this.#store;
    if (core.setLimit(checkMaxBytes(bytes)) === 0)
      throw new BadOptionError(
        `maxBytes is at least the ${core.reservedBytes()} bytes that are reserved, not ${bytes}`,
      );
  }

  /** Counts everything. Walks the heap. */
  stats(): HeapStats {
    return takeStats(this.#store);
  }

  /** Checks every invariant of the heap. Changes nothing. @throws {@link CorruptHeapError} naming the first that does not hold. */
  verify(): void {
    const { core } = this.#store;
    const broken = core.verify();
    if (broken === 0) return;
    const at = (core.verifyAddress() >>> 0).toString(16);
    throw new CorruptHeapError(`${describeInvariant(broken)} (invariant ${broken}, at 0x${at})`);
  }

  get disposed(): boolean {
    return this.#store.isDisposed;
  }

  /**
   * Ends the heap, as Python ends at exit: runs what `weakref.finalize` left, the newest first, releases all
   * handles, in the order they were made, collects, and so runs the finalizers of all that was alive.
   * Harmless when repeated.
   *
   * @throws {@link HeapBusyError} from inside one of the heap's finalizers or callbacks.
   */
  dispose(): void {
    const store = this.#store;
    if (store.isDisposed) return;
    if (store.depth > 0)
      throw new HeapBusyError("a heap cannot be disposed of from inside its own finalizer or callback");
    if (!store.isCorrupt) {
      this.weakref.runAtExit();
      this.gc.reportGarbage();
      releaseEverything(store);
    }
    store.detach();
  }

  /** Ends the heap: for `using`. */
  [DISPOSE](): void {
    this.dispose();
  }
}

const STRUCT_OPTIONS: Record<keyof StructOptions<Fields>, true> = {
  extends: true,
  methods: true,
  class: true,
  finalize: true,
};
