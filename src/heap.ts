import { readOptions, readProperties } from "./arguments.js";
import { BatchFace } from "./batch.js";
import { bytesOf, viewOf } from "./byte-source.js";
import type { ByteSource, Bytes } from "./byte-source.js";
import { BUILTIN_TYPES } from "./builtins.js";
import type { DictHandle, DictInit } from "./containers/dict.js";
import type { ListHandle } from "./containers/list.js";
import type { SetHandle } from "./containers/set.js";
import { ownedTuple } from "./containers/tuple.js";
import type { TupleHandle } from "./containers/tuple.js";
import { fromJS } from "./convert/from-js.js";
import { makeCoreFace } from "./core-face.js";
import type { CoreFace } from "./core-face.js";
import {
  BadFieldError,
  BadOptionError,
  BadValueError,
  CorruptHeapError,
  HeapBusyError,
  HeapwrightError,
  OutOfMemoryError,
  describe,
  messageOf,
} from "./errors.js";
import type { Fields } from "./fields.js";
import { CollectionLog } from "./gc/collections.js";
import { GcFace } from "./gc/face.js";
import { DISPOSE, noImpostor } from "./handle.js";
import type { Handle } from "./handle.js";
import type { Leak } from "./leak-net.js";
import {
  MAX_BYTES,
  checkByteThreshold,
  checkMaxBytes,
  checkThresholds,
  checkPauses,
  checkWeakrefTiming,
} from "./options.js";
import type { Thresholds, Pauses, WeakrefTiming } from "./options.js";
import { checkImage } from "./image/check/check.js";
import type { CheckedImage } from "./image/check/check.js";
import { saveImage, saveImageChunks } from "./image/save.js";
import { adoptOrphan, lostOf, orphansOf, releaseOrphans, restoreInto, stateOf } from "./persistence.js";
import type { Lost, Orphan } from "./persistence.js";
import { membersIn } from "./mixin.js";
import { RootsFace } from "./roots.js";
import { runScope } from "./scope.js";
import { takeStats } from "./stats.js";
import type { HeapStats } from "./stats.js";
import { Store, reportUncaught } from "./store.js";
import type { UnraisableHook } from "./store.js";
import { StructLayout, StructType, layoutIn } from "./struct.js";
import type { None, StructOptions } from "./struct.js";
import type { BytesHandle, StrHandle } from "./text.js";
import { ownedBytes, ownedFloat, ownedInt, ownedStr, withKey } from "./values.js";
import type { Value } from "./values.js";
import { TraceFace } from "./trace/face.js";
import { Recorder } from "./trace/recorder.js";
import { WeakrefFace } from "./weakref/face.js";
import { isA } from "./untrusted.js";
import type { Address } from "./wasm/exports.js";
import type { CoreExports } from "./wasm/instance.js";
import { compileInlinedCore, inlinedCore } from "./wasm/inlined.js";
import { startCore, startCoreSync } from "./wasm/instance.js";
import type { CoreSource } from "./wasm/instance.js";
import { describeInvariant } from "./wasm/invariants.js";

export interface HeapOptions<Source = CoreSource> {
  /** Most bytes of linear memory that the heap may take. @default 0xFFFF0000 (4 GiB less 64 KiB) */
  maxBytes?: number;
  /** When to collect: see `heap.gc.setThreshold`. @default [700, 10, 10] */
  thresholds?: Thresholds;
  /** Bytes that may be born between collections: see `heap.gc.setByteThreshold`. @default 0, any number */
  byteThreshold?: number;
  /**
   * "bounded": collections of the whole heap, and the deaths of large structures, go in steps, so that none stops the
   * program for long, whatever the size of the heap. See `heap.gc.pauses`. @default "unbounded"
   */
  pauses?: Pauses;
  /**
   * When weak references to cyclic garbage die: those with a callback before its finalizers run, and those without
   * after them ("3.15", as Python does it from then on); or all of them before ("3.12"). @default "3.15"
   */
  weakrefTiming?: WeakrefTiming;
  /**
   * The core to run, as a module, bytes, response or promise of one: `heapwright/core.wasm`, or
   * `checkedCore()` of `heapwright/checked`. @default the release core, inlined in this package
   */
  module?: Source;
  /**
   * Seed of the hashes of strings, bytes, tuples and large numbers, as Python's `PYTHONHASHSEED`: one that others cannot
   * know keeps them from choosing keys that collide. Nothing else depends on it. @default random
   */
  hashSeed?: number;
  /** Remember where each handle was made, for `leaks()`. Costs a stack trace a handle. @default true with the checked core, else false */
  traceHandles?: boolean;
  /** Gets what finalizers and callbacks throw. @default reported as an uncaught error would be */
  onUnraisable?: UnraisableHook;
}

/** What a restored heap does not know from its image. */
export interface RestoreOptions<Source = CoreSource> extends Pick<
  HeapOptions<Source>,
  "module" | "traceHandles" | "onUnraisable"
> {
  /** Most bytes of linear memory that the heap may take. @default what it was */
  maxBytes?: number;
}

/**
 * A heap: Python's memory manager over linear memory of its own.
 *
 * Objects die the moment their last reference goes; cycles are found by a three-generation collector.
 * Any number of heaps live side by side and know nothing of each other.
 */
export class Heap {
  readonly #store: Store;
  readonly #log: CollectionLog;
  readonly #recorder: Recorder;
  #isDisposed = false;
  /** The heap on raw addresses, for hot loops. */
  readonly core: CoreFace;
  /** The same to many objects in one call. */
  readonly batch: BatchFace;
  /** Python's `gc` module. */
  readonly gc: GcFace;
  /** Python's `weakref` module. */
  readonly weakref: WeakrefFace;
  /** Objects by name, which images keep. */
  readonly roots: RootsFace;
  /** Python's `tracemalloc` module. */
  readonly trace: TraceFace;

  private constructor(store: Store) {
    if (!(store instanceof Store)) throw new BadValueError("a heap is made by Heap.create() or Heap.createSync()");
    this.#store = store;
    this.core = makeCoreFace(store);
    this.batch = new BatchFace(store);
    this.#log = new CollectionLog(store);
    this.gc = new GcFace(store, this.#log);
    this.weakref = new WeakrefFace(store);
    this.roots = new RootsFace(store);
    this.#recorder = new Recorder(store);
    this.trace = new TraceFace(store, this.#recorder);
  }

  /** A new, empty heap. @throws {@link BadOptionError}, {@link OutOfMemoryError} */
  static async create(given: HeapOptions = {}): Promise<Heap> {
    const options = readOptions(given, HEAP_OPTIONS);
    const store = makeStore(options);
    const source = options.module ?? (await compileInlinedCore());
    const exports = await startCore(source, store.hooks).catch(notACore);
    return Heap.#start(store, exports, options);
  }

  /** As `create`, at once; the core must be at hand as a module or bytes. */
  static createSync(given: HeapOptions<WebAssembly.Module | BufferSource> = {}): Heap {
    const options = readOptions(given, HEAP_OPTIONS);
    const store = makeStore(options);
    try {
      return Heap.#start(store, startCoreSync(options.module ?? inlinedCore(), store.hooks), options);
    } catch (error) {
      return notACore(error);
    }
  }

  /**
   * The heap of an image, going on where that was taken: addresses, counts, generations, thresholds, statistics. Handles
   * and functions stay behind: `roots` are the way in, `orphans` lists what handles held, `lost` which functions are
   * missing. Define the structs again, by the same names and fields, to give them back their finalizers and methods.
   *
   * The bytes may come from anywhere: all that the heap will rely on is checked first.
   *
   * @throws {@link BadImageError}, {@link BadOptionError}, {@link OutOfMemoryError}
   */
  static async restore(image: ByteSource, given: RestoreOptions = {}): Promise<Heap> {
    const options = readOptions(given, RESTORE_OPTIONS);
    const store = makeStore(options);
    const checked = checkImage(await bytesOf(noImpostor(image)));
    const source = options.module ?? (await compileInlinedCore());
    const exports = await startCore(source, store.hooks).catch(notACore);
    Heap.#startCore(store, exports, options.maxBytes ?? MAX_BYTES);
    return Heap.#restored(store, checked, options.maxBytes);
  }

  /** As `restore`, at once; image and core must be at hand as bytes. */
  static restoreSync(image: Bytes, given: RestoreOptions<WebAssembly.Module | BufferSource> = {}): Heap {
    const options = readOptions(given, RESTORE_OPTIONS);
    const store = makeStore(options);
    const checked = checkImage(viewOf(image));
    try {
      const exports = startCoreSync(options.module ?? inlinedCore(), store.hooks);
      Heap.#startCore(store, exports, options.maxBytes ?? MAX_BYTES);
    } catch (error) {
      return notACore(error);
    }
    return Heap.#restored(store, checked, options.maxBytes);
  }

  static #restored(store: Store, checked: CheckedImage, maxBytes: number | undefined): Heap {
    const heap = new Heap(store);
    restoreInto(store, heap.#recorder, checked, maxBytes);
    return heap;
  }

  static #startCore(store: Store, exports: CoreExports, maxBytes: number): void {
    store.attach(exports);
    if (store.core.init(store.core.heapBase(), maxBytes) === 0)
      throw new OutOfMemoryError(`out of memory: an empty heap does not fit ${maxBytes} bytes`);
    for (const type of BUILTIN_TYPES) store.types.set(type);
  }

  static #start(store: Store, exports: CoreExports, options: HeapOptions): Heap {
    Heap.#startCore(store, exports, options.maxBytes ?? MAX_BYTES);
    store.core.setHashSeed(options.hashSeed ?? Math.floor(Math.random() * 2 ** 32));
    if (options.thresholds !== undefined) store.core.setThresholds(...options.thresholds);
    if (options.byteThreshold !== undefined) store.core.setByteThreshold(options.byteThreshold);
    if (options.weakrefTiming === "3.12") store.core.setClearsAllWeakrefs(1);
    if (options.pauses === "bounded") store.core.setBounded(1);
    return new Heap(store);
  }

  /**
   * Defines a type of objects. Fields hold references (`"ref"`, `"value"`, `"str"`) or raw numbers.
   *
   * ```ts
   * const Person = heap.struct("Person", { title: "str", buddy: "ref" }, { finalize: (p) => console.log(p.title) });
   * const alice = Person.new({ title: "Alice" });
   * ```
   *
   * @throws {@link BadFieldError} for a field that is called like a member of a handle, or of unknown type;
   *   {@link UnknownTypeError} if the name is taken.
   */
  struct<const F extends Fields, M = None, C = None, BF extends Fields = None, BM = None>(
    name: string,
    fields: F,
    options: StructOptions<F, M, C, BF, BM> = {},
  ): StructType<BF & F, BM & M & C> {
    const own = Object.fromEntries(readProperties(fields, "fields and their types", BadFieldError)) as F;
    const { finalize, extends: base, ...bodies } = readOptions(options, STRUCT_OPTIONS);
    const layout = new StructLayout(this.#store, {
      name,
      fields: own,
      finalize: finalize as ((handle: Handle) => void) | undefined,
      base: base === undefined ? undefined : layoutIn(this.#store, base),
      members: membersIn(bodies.class, bodies.methods),
    });
    return new StructType(layout, { ...(base?.fields ?? ({} as BF)), ...own });
  }

  /** A new list of these items. */
  list(items: Iterable<Value> = []): ListHandle {
    const store = this.#store;
    return this.#filled(store.adopt(store.require(() => store.core.newList(0), "a list")) as ListHandle, (list) => {
      list.extend(items);
    });
  }

  /** A new tuple of these items. */
  tuple(items: Iterable<Value> = []): TupleHandle {
    return this.#store.adopt(ownedTuple(this.#store, items)) as TupleHandle;
  }

  /** A new dict of these entries: pairs, a `Map`, another dict, or the properties of an object. @throws {@link BadKeyError} */
  dict(entries: DictInit = []): DictHandle {
    const store = this.#store;
    return this.#filled(store.adopt(store.require(() => store.core.newDict(0), "a dict")) as DictHandle, (dict) => {
      dict.update(entries);
    });
  }

  /** A new set of these elements. @throws {@link BadKeyError} */
  set(elements: Iterable<Value> = []): SetHandle {
    const store = this.#store;
    return this.#filled(store.adopt(store.require(() => store.core.newSet(0), "a set")) as SetHandle, (set) => {
      set.update(elements);
    });
  }

  #filled<T extends Handle>(handle: T, fill: (handle: T) => void): T {
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
   * plain objects, `Map`, `Set`, `Uint8Array`; shared parts stay shared, cycles cycles, and handles are what
   * they are handles of. `toJS` gives back an equal value. Depth is no limit. Automatic collection waits until
   * the copy is whole.
   *
   * @throws {@link BadValueError} for functions, symbols, `undefined`, other classes, sparse arrays, numbers
   *   and texts that the heap cannot hold, and what getters throw (as `cause`); {@link BadKeyError} for keys that
   *   Python could not tell apart; {@link ContainerChangedError} if something changes meanwhile;
   *   {@link OutOfMemoryError}. Nothing of the copy is left then.
   */
  from(value: readonly unknown[]): ListHandle;
  from(value: ReadonlySet<unknown>): SetHandle;
  from(value: string): StrHandle;
  from(value: Uint8Array): BytesHandle;
  from<T extends Handle>(value: T): T;
  from(value: object): DictHandle;
  from(value: unknown): Handle;
  from(value: unknown): Handle {
    return this.#store.adopt(fromJS(this.#store, value));
  }

  /** A new string. @throws {@link BadValueError} for half of a surrogate pair. */
  str(text: string): StrHandle {
    return this.#store.adopt(ownedStr(this.#store, text)) as StrHandle;
  }
  /** The one interned string with this text: Python's `sys.intern`. It lives as long as somebody refers to it. */
  intern(text: string): StrHandle {
    const store = this.#store;
    if (typeof text !== "string") throw new BadValueError(`expected a string, got ${describe(text)}`);
    return store.adopt(
      store.require(() => withKey(store, text, (key) => store.core.intern(key)), "a string"),
    ) as StrHandle;
  }
  /** New bytes, copied. */
  bytes(bytes: Uint8Array): BytesHandle {
    return this.#store.adopt(ownedBytes(this.#store, bytes)) as BytesHandle;
  }
  /** An integer of 64 bits; those from -5 to 256 are shared and immortal. @throws {@link BadValueError} */
  int(value: number | bigint): Handle {
    return this.#store.adopt(ownedInt(this.#store, value));
  }
  /** A new floating-point number. */
  float(value: number): Handle {
    return this.#store.adopt(ownedFloat(this.#store, value));
  }
  /** A handle for the immortal `True` or `False`. */
  bool(value: boolean): Handle {
    if (typeof value !== "boolean") throw new BadValueError(`expected true or false, got ${describe(value)}`);
    return this.#store.adopt(this.#store.core.bool(value ? 1 : 0) >>> 0);
  }
  /** A handle for the immortal `None`. */
  get none(): Handle {
    return this.#store.adopt(this.#store.core.none() >>> 0);
  }

  /**
   * Runs a function and releases every handle it made, the last first, but those it returns (itself, or
   * in arrays and plain objects), which go to the scope around this one, if any.
   *
   * @throws {@link BadValueError} if the function is async: a scope ends when it returns.
   */
  scope<T>(run: () => T): T {
    if (typeof run !== "function") throw new BadValueError("a scope needs a function to run");
    this.#store.core.isEnabled(); // throws if the heap is gone: a scope over nothing is a mistake
    return runScope(this.#store, run);
  }

  /**
   * The latest 1,000 handles that JavaScript forgot and that were released for you, in the order they were found. How
   * many there have been is in `stats().forgotten`.
   */
  leaks(): Leak[] {
    return this.#store.leaks.latest.map((leak) => ({ ...leak }));
  }

  /** Counts everything. Walks the heap. */
  stats(): HeapStats {
    return takeStats(this.#store);
  }

  /**
   * The whole heap as bytes, to be restored by `Heap.restore` or looked at as a dump: its pages, types, named roots, and
   * handles. Freed memory is not in it. The heap can be used as before.
   *
   * With bounded pauses, deferred deaths, and a cycle that has decided what is garbage, are ended first: finalizers and
   * callbacks may run. A cycle that is still marking is given up; another will begin.
   *
   * @throws {@link HeapBusyError} from inside one of the heap's finalizers or callbacks, or in the middle of a copy or sort.
   */
  image(): Uint8Array<ArrayBuffer> {
    return saveImage(stateOf(this.#store, this.#recorder));
  }

  /** The same in pieces of some megabytes, for large heaps. All are of the moment of the call, whatever happens to the heap meanwhile. */
  imageStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const chunks = saveImageChunks(stateOf(this.#store, this.#recorder)).reverse();
    return new ReadableStream({
      pull(controller) {
        const chunk = chunks.pop();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    });
  }

  /** Of a restored heap: the objects to which the program before had references that nobody has taken over yet. */
  orphans(): Orphan[] {
    return orphansOf(this.#store);
  }

  /** A handle that takes one of an orphan's references over. @throws {@link BadValueError} if there is none. */
  adopt(address: Address): Handle {
    return adoptOrphan(this.#store, address);
  }

  /** Lets go of all references that nobody has taken over. @returns How many. */
  releaseOrphans(): number {
    return releaseOrphans(this.#store);
  }

  /** Of a restored heap: functions that the program before had given it, and that are not there any more. Walks the heap. */
  get lost(): Lost[] {
    return lostOf(this.#store);
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
    return this.#isDisposed;
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
    if (this.#isDisposed) return;
    if (store.depth > 0)
      throw new HeapBusyError("a heap cannot be disposed of from inside its own finalizer or callback");
    if (!store.isCorrupt) {
      this.weakref.runAtExit();
      this.gc.reportGarbage();
      releaseEverything(store);
    }
    this.#isDisposed = true;
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
const RESTORE_OPTIONS: Record<keyof RestoreOptions, true> = {
  module: true,
  traceHandles: true,
  onUnraisable: true,
  maxBytes: true,
};
const HEAP_OPTIONS: Record<keyof HeapOptions, true> = {
  ...RESTORE_OPTIONS,
  thresholds: true,
  byteThreshold: true,
  pauses: true,
  weakrefTiming: true,
  hashSeed: true,
};

function notACore(cause: unknown): never {
  if (isA(cause, HeapwrightError)) throw cause;
  throw new BadOptionError(`this module is not a core of heapwright: ${messageOf(cause)}`, { cause });
}

function makeStore(options: HeapOptions): Store {
  if (options.maxBytes !== undefined) checkMaxBytes(options.maxBytes);
  if (options.thresholds !== undefined) checkThresholds(options.thresholds);
  if (options.byteThreshold !== undefined) checkByteThreshold(options.byteThreshold);
  if (options.weakrefTiming !== undefined) checkWeakrefTiming(options.weakrefTiming);
  if (options.pauses !== undefined) checkPauses(options.pauses);
  if (options.hashSeed !== undefined && !Number.isInteger(options.hashSeed))
    throw new BadOptionError(`hashSeed is a whole number, not ${describe(options.hashSeed)}`);
  const { onUnraisable = reportUncaught } = options;
  if (typeof onUnraisable !== "function")
    throw new BadOptionError(`onUnraisable is a function, not ${describe(onUnraisable)}`);
  const { traceHandles } = options;
  if (traceHandles !== undefined && typeof traceHandles !== "boolean")
    throw new BadOptionError(`traceHandles is true or false, not ${describe(traceHandles)}`);
  return new Store(onUnraisable, traceHandles);
}

/** Finalizers may make new handles for ever; Python does not wait for them either. */
const MAX_ROUNDS = 10;

function releaseEverything(store: Store): void {
  const { core, net } = store;
  for (let round = 0; round < MAX_ROUNDS && net.count > 0; round++)
    net.releaseAll((address) => {
      core.decref(address);
    });
  store.roots.forEach((address, name) => {
    store.roots.delete(name);
    core.decref(address);
  });
  core.setDebug(0);
  core.forgetGarbage();
  core.collect(2);
  // What is left is held by references counted through `heap.core`, or was resurrected.
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const held: number[] = [];
    for (let object = core.nextObject(0); object !== 0; object = core.nextObject(object)) {
      if (core.refcount(object) > 0 && core.roots(object) > 0) held.push(object >>> 0);
    }
    if (held.length === 0) break;
    for (const object of held) {
      // Counted first: a finalizer may make another object where this one was. An earlier death may have taken it along.
      for (let roots = core.roots(object); roots > 0 && core.typeOf(object) !== 0; roots--) core.decref(object);
    }
    net.forgetAll();
    core.collect(2);
  }
}
