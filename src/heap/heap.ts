import { readOptions } from "../base/arguments.js";
import { BadOptionError, BadValueError, CorruptHeapError, HeapBusyError, describe } from "../base/errors.js";
import { uncloneable } from "../base/uncloneable.js";
import { DISPOSE } from "../handles/handle.js";
import type { Handle } from "../handles/handle.js";
import { membersIn } from "../handles/mixin.js";
import { runScope } from "../handles/scope.js";
import type { Named } from "../handles/field-types.js";
import type { Fields, Nothing } from "../handles/struct-handle.js";
import { StructLayout, layoutIn } from "../handles/struct-layout.js";
import { StructType } from "../handles/struct.js";
import type { StructOptions } from "../handles/struct.js";
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
import { checkInitialBytes, checkMaxBytes } from "../state/options.js";
import { reserveMemory } from "../state/reserve.js";
import { Store } from "../state/store.js";
import type { CoreAtHand, CoreProvider, CoreSource } from "../wasm/instance.js";
import { describeInvariant } from "../wasm/invariants.js";
import { markEntrances } from "./entrances.js";
import { HEAP_OPTIONS, applyOptions, makeStore } from "./options.js";
import type { HeapOptions } from "./options.js";
import { start, startSync } from "./start.js";
import { HeapValues } from "./values.js";

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
export class Heap extends HeapValues {
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
    super(store);
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
   * @example
   * import { Heap } from "heapwright/slim";
   * using heap = await Heap.create({ module: fetch("/core.wasm"), maxBytes: 64 * 2 ** 20 });
   *
   * @throws {@link BadOptionError}, {@link OutOfMemoryError}
   */
  static async create(given: HeapOptions & { module: CoreSource }): Promise<Heap> {
    const options: HeapOptions = readOptions(given, HEAP_OPTIONS);
    const store = makeStore(options);
    await start(store, options.module ?? this.core.compile(), options);
    applyOptions(store, options);
    return new this(store);
  }

  /**
   * As `create`, at once; the core must be at hand as a module or bytes.
   *
   * @example
   * import { Heap } from "heapwright/slim";
   * const module = await WebAssembly.compileStreaming(fetch("/core.wasm"));
   * using heap = Heap.createSync({ module });
   */
  static createSync(given: HeapOptions<CoreAtHand> & { module: CoreAtHand }): Heap {
    const options: HeapOptions<CoreAtHand> = readOptions(given, HEAP_OPTIONS);
    const store = makeStore(options);
    startSync(store, options.module ?? this.core.compileSync(), options);
    applyOptions(store, options);
    return new this(store);
  }

  /**
   * Defines a type of objects. Fields hold raw numbers, or references: `"str"`, `"value"`, `"ref"` to any object, or
   * `ref()` and `weak()` to objects of a struct; in a getter, if that is defined later, or is this one.
   *
   * ```ts
   * const Song = heap.struct("Song", {
   *   title: "str",
   *   seconds: "u32",
   *   get next() { return ref(Song); },
   * });
   * using outro = Song.new({ title: "Outro", seconds: 90 });
   * using intro = Song.new({ title: "Intro", next: outro });
   * intro.read("next", "title"); // "Outro"
   * ```
   *
   * With `finalize` or `methods` besides, TypeScript wants fields that have such getters as a constant of their own:
   * `const fields = { … } as const`.
   *
   * @throws {@link BadFieldError} for a field that is called like a member of a handle, or of unknown type;
   *   {@link DuplicateTypeError} if the name is taken.
   */
  struct<
    const N extends string,
    const F extends Fields,
    M = Nothing,
    C = Nothing,
    BF extends Fields = Nothing,
    BM = Nothing,
  >(name: N, fields: F, options: StructOptions<F, M, C, BF, BM> = {}): StructType<BF & F, BM & M & C & Named<N>> {
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
   * Runs a function and releases every handle it made, the last first, but those it returns: itself, or in arrays, Maps,
   * Sets and own enumerable properties of any objects, however deep. They go to the scope around this one, if any. What
   * cannot be seen is released: in private fields, closures, promises and JavaScript's iterators. An iterator of a heap's
   * container needs no scope.
   *
   * @example
   * const title = heap.scope(() => {
   *   const carol = Person.new({ title: "Carol", buddy: alice });
   *   return carol.buddy?.title;
   * }); // both handles are released
   * title; // "Alice"
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
   *
   * @example
   * for (const { type, address } of heap.handles()) console.log(type, address > 0); // prints: Person true, Person true
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
   *
   * @example
   * for (const { type, site } of heap.leaks()) console.log(`a ${type} was forgotten: ${site}`);
   */
  leaks(): Leak[] {
    const store = this.#store;
    store.mustLive();
    store.net.close();
    return store.leaks.latest.map((leak) => ({ ...leak }));
  }

  /**
   * Empties the list that `leaks()` gives. `stats().forgotten` stays.
   *
   * @example
   * heap.clearLeaks();
   * heap.leaks().length; // 0
   */
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

  /**
   * Grows the WebAssembly memory to at least this size now, so that the heap needs no growth until it is that large: the
   * option `initialBytes`, later. An engine may answer a growth with a full collection of JavaScript's own heap, so a
   * program chooses the moment: a loading screen, an idle time. Memory that is not touched takes no room.
   *
   * @example
   * heap.reserve(256 * 2 ** 20);
   * heap.stats().bytes.memory >= 256 * 2 ** 20; // true
   *
   * @param bytes From 0 to `maxBytes`.
   * @throws {@link BadOptionError}; {@link OutOfMemoryError} if the engine refuses. Nothing has changed then.
   */
  reserve(bytes: number): void {
    reserveMemory(this.#store, checkInitialBytes(bytes, this.maxBytes));
  }

  /**
   * How often `compact(heap)` has moved the objects: 0 at first. An address of an object is valid in one epoch.
   *
   * @example
   * const noted = { address: alice.address, epoch: heap.epoch };
   * noted.epoch === heap.epoch; // true, so the address is alice's
   */
  get epoch(): number {
    const store = this.#store;
    store.mustLive();
    return store.epoch;
  }

  /**
   * Counts everything. Walks the heap.
   *
   * @example
   * const { byType, handles } = heap.stats();
   * handles; // 2: alice and bob
   * byType.find(({ type }) => type === "Person")?.count; // 2
   */
  stats(): HeapStats {
    return takeStats(this.#store);
  }

  /**
   * Checks every invariant of the heap. Changes nothing.
   *
   * @example
   * heap.verify(); // throws if the heap is damaged
   *
   * @throws {@link CorruptHeapError} naming the first that does not hold.
   */
  verify(): void {
    const { core } = this.#store;
    const broken = core.verify();
    if (broken === 0) return;
    const at = (core.verifyAddress() >>> 0).toString(16);
    throw new CorruptHeapError(`${describeInvariant(broken)} (invariant ${broken}, at 0x${at})`);
  }

  /** Whether the heap has ended. Everything but `dispose()` and `release()` then throws {@link HeapDisposedError}. */
  get disposed(): boolean {
    return this.#store.isDisposed;
  }

  /**
   * Ends the heap, as Python ends at exit: runs what `weakref.finalize` left, the newest first, releases all
   * handles, in the order they were made, collects, and so runs the finalizers of all that was alive.
   * Harmless when repeated.
   *
   * @example
   * const cache = Heap.createSync();
   * cache.dispose(); // or: using cache = Heap.createSync()
   * cache.disposed; // true
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
