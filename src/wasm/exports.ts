/**
 * The typed raw ABI of the core: the exports and imports of `core.wasm`, and what the host adds.
 *
 * All values are plain numbers. Addresses come back signed from WebAssembly: apply `>>> 0` before comparing or storing
 * them. "Owned" means the caller gets one outside reference and must return it with `decref`. "Borrowed" means the caller
 * gets no reference.
 */

/** Address of an object in a heap's linear memory. 0 is "no object". */
export type Address = number;

export interface RawExports {
  readonly memory: WebAssembly.Memory;

  /** First address the core may use when it owns the whole memory. */
  heapBase(): Address;
  /** Starts an empty heap in `[base, limit)`. 0 = there was not enough memory. Call once. */
  init(base: Address, limit: Address): number;
  /** Moves the limit. 0 = the heap has already grown beyond it; nothing changed. */
  setLimit(limit: Address): number;
  /** The control block (`assembly/control.ts`) and, behind it, the directories, list heads and size classes. */
  controlBlock(): Address;

  /** New type with `payloadBytes` of payload beginning with `slotCount` references. 0 = out of memory or types. `flags`: TYPE_HAS_FINALIZER. */
  defineType(payloadBytes: number, slotCount: number, flags: number): number;

  /** New zeroed object of a fixed-size type. Owned. May collect first. 0 = out of memory, nothing changed. */
  alloc(type: number): Address;
  /** Adds one outside reference. 0 = out of memory (only past 254 outside references), nothing changed. */
  incref(object: Address): number;
  /** Removes one outside reference. If it was the last reference, the object dies. */
  decref(object: Address): void;
  /** All strong references. 0xC0000000 for immortal objects. */
  refcount(object: Address): number;
  /** Outside references only. */
  roots(object: Address): number;
  /** The reference in a slot of a struct, or 0. Borrowed. */
  getRef(object: Address, slot: number): Address;
  /** Stores a reference (0 = none) in a slot of a struct and adjusts both refcounts. The previous referent may die. */
  setRef(object: Address, slot: number, value: Address): void;

  /** Int of 64 bits, passed as two halves. Owned (small ints are shared and immortal, bigints are not). 0 = out of memory. */
  newInt(low: number, high: number, isBigint: number): Address;
  newFloat(value: number): Address;
  /** String or bytes with undefined content: the caller must write it at STR_BYTES_OFFSET at once. Owned. */
  newStr(byteLength: number): Address;
  newBytes(byteLength: number): Address;
  /** String with the bytes at `borrowedText`. Owned. */
  strFromBorrowed(byteLength: number): Address;
  /** Number of code points of a string. */
  strLength(string: Address): number;
  /** The interned string with this text. Also accepts a borrowed key. Owned. */
  intern(text: Address): Address;
  /** Shrinks the table of interned strings to `capacity` cells, if they fit. */
  shrinkInterned(capacity: number): void;

  /**
   * Borrowed keys are keys that are not objects, for `intern`, `dictSet`, `dictSetDefault`, `setAdd`, `tableFind`,
   * `tableDelete` and `sequenceIndex`. Each is valid until the next one is created. A text of at most BORROWED_TEXT_SIZE
   * bytes must be written to `borrowedText` first.
   */
  borrowedText(): Address;
  borrowStr(byteLength: number): Address;
  borrowBytes(byteLength: number): Address;
  borrowInt(low: number, high: number, isBigint: number): Address;
  borrowFloat(value: number): Address;
  /** Sets the seed of hashes. Call it before anything is hashed. */
  setHashSeed(seed: number): void;

  /** Empty list with room for `capacity` slots. Owned. May collect first. */
  newList(capacity: number): Address;
  /** Appends an item and adds a reference to it. 0 = out of memory, list unchanged. */
  listAppend(list: Address, item: Address): number;
  /** Inserts before `index` (at most the length). 0 = out of memory, list unchanged. */
  listInsert(list: Address, index: number, item: Address): number;
  /** Appends the items `[start, end)` of a tuple or list, which may be the same list. 0 = out of memory, list unchanged. */
  listExtend(list: Address, source: Address, start: number, end: number): number;
  listSet(list: Address, index: number, item: Address): void;
  /** Removes an item, which may die. */
  listRemove(list: Address, index: number): void;
  /** Removes the items `[start, end)` first and then drops them, the last one first. */
  listRemoveRange(list: Address, start: number, end: number): void;
  listReverse(list: Address): void;
  /** `list[start:end] = source`, for another list or tuple. 0 = out of memory, nothing changed. */
  listReplace(list: Address, start: number, end: number, source: Address): number;
  /** Replaces every `step`-th item from `start` on with the items of another list or tuple. 0 = out of memory, nothing changed. */
  listReplaceEach(list: Address, start: number, step: number, source: Address): number;
  /** Moves the item from `order[i]` to index i. `order` is a loan of one word per item, followed by as many words for the core. */
  listPermute(list: Address, order: Address): void;
  /** First index in `[start, end)` of a list or tuple whose item equals `value`; `end` = none; INCOMPARABLE_INDEX = too deeply nested. */
  sequenceIndex(sequence: Address, value: Address, start: number, end: number): number;

  /** Tuple without items: fill it with `tupleInit` before any other call. Owned. May collect first. */
  newTuple(length: number): Address;
  tupleInit(tuple: Address, index: number, item: Address): void;

  /** Empty dict or set with room for `expected` entries. Owned. May collect first. */
  newDict(expected: number): Address;
  newSet(expected: number): Address;
  /** Frozenset with room for so many elements, to be filled by `setAdd` and `tableAddAll`. Owned. May collect first. */
  newFrozenset(expected: number): Address;
  /** Completes a frozenset, which never changes from then on and can be a key. */
  freezeSet(set: Address): void;
  /** `dict[key] = value`. RESULT_*; 0 = out of memory, nothing changed. */
  dictSet(dict: Address, key: Address, value: Address): number;
  /** `dict.setdefault(key, value)`. RESULT_*; 0 = out of memory, nothing changed. */
  dictSetDefault(dict: Address, key: Address, value: Address): number;
  setAdd(set: Address, key: Address): number;
  /**
   * Adds the entries of another table from `entry` on, like `dict.update(dict)` and `set.update()`. The caller holds both.
   * Returns NO_ENTRY when done, CHANGED_ENTRY if the other's version is not `version`, or the entry for which memory ran out.
   */
  tableAddAll(table: Address, other: Address, entry: number, version: number): number;
  /** The first entry from `entry` on that is not deleted; the number of all entries if there is none. */
  tableEntryFrom(table: Address, entry: number): number;
  /** Entry of a key; NO_ENTRY or UNHASHABLE_ENTRY. A set is looked up in a set as the frozenset equal to it. */
  tableFind(table: Address, key: Address): number;
  /** `del table[key]`. RESULT_*. The key and value may die. */
  tableDelete(table: Address, key: Address): number;
  /** Deletes an entry, which must exist. */
  tableDeleteAt(table: Address, entry: number): void;
  /** Empties a list, dict or set, then drops its former items. */
  containerClear(container: Address): void;

  /** Starts a load, which the caller must end with `endLoad`. 0 = out of memory. See `assembly/load.ts`. */
  startLoad(): Address;
  /** Executes the operations LOAD_* in `[at, end)`. Returns the address of the first one for which memory ran out, or `end`. */
  runLoad(load: Address, at: Address, end: Address): Address;
  /** RESULT_* of the last entry stored in a dict or set. */
  loadResult(load: Address): number;
  /**
   * Parses JSON in `[at, end)`; the loan must contain 8 more bytes behind it. Returns where it stopped; the load says why.
   * `flags`: PARSE_WITH_BIGINTS, PARSE_LAST. See `assembly/parse.ts`.
   */
  parseLoad(load: Address, at: Address, end: Address, flags: number): Address;
  /** Continues with a value that the host has created, and takes its reference. 0 = out of memory, and the value is released. */
  parsedValue(load: Address, value: Address): number;
  /** The loaded value, owned. After a failure: 0, and all objects of the load are released. */
  endLoad(load: Address, isSuccess: number): Address;

  /** Raw memory to pass data in or out. 0 = out of memory. */
  lend(bytes: number): Address;
  giveBack(address: Address): void;
  /** Creates objects and writes their addresses (owned) to `out`. Returns how many memory sufficed for. May collect. */
  allocMany(type: number, count: number, out: Address): number;
  /** Adds an outside reference to each object of an array of addresses. 0 = out of memory, nothing changed. */
  increfMany(objects: Address, count: number): number;
  decrefMany(objects: Address, count: number): void;
  getRefMany(objects: Address, count: number, slot: number, out: Address): void;
  /** Stores all references first; then the previous referents may die. 0 = out of memory, nothing changed. */
  setRefMany(objects: Address, count: number, slot: number, values: Address): number;
  /** Copies 2^shift bytes at `offset` of each object to or from an array. */
  gather(objects: Address, count: number, offset: number, shift: number, out: Address): void;
  scatter(objects: Address, count: number, offset: number, shift: number, values: Address): void;

  /** New weak reference. `callback` is an id of the host, 0 = none; without one, an existing weak reference may be returned. Owned. 0 = out of memory. */
  newWeakref(referent: Address, callback: number): Address;
  /** The referent, borrowed; 0 if it is dead or dying. */
  weakrefTarget(weakref: Address): Address;
  /** Number of live weak references to an object. */
  weakrefCount(object: Address): number;
  /** The next live weak reference to an object (`weakref` 0 = the first): the shared one first, then newest first; 0 at the end. */
  weakrefAfter(object: Address, weakref: Address): Address;
  /** Whether weak references without a callback are cleared before a collection's finalizers run, too (CPython 3.12). */
  setClearsAllWeakrefs(on: number): void;

  /** Empty weak-keyed map, or weak set. Owned. May collect first. */
  newWeakMap(isSet: number): Address;
  /** Sets the value of a key. RESULT_ADDED for a new key, else RESULT_FOUND; 0 = out of memory. May collect afterwards. */
  weakMapSet(map: Address, key: Address, value: Address): number;
  /** The entry of a key, or 0. Borrowed. EPHEMERON_* are the offsets in it. */
  weakMapFind(map: Address, key: Address): Address;
  /** RESULT_FOUND or RESULT_MISSING. The value may die. */
  weakMapDelete(map: Address, key: Address): number;
  weakMapClear(map: Address): void;
  /** The next entry (`entry` 0 = the first), newest first, whose key is not dying; 0 at the end. Borrowed. */
  weakMapEntryAfter(map: Address, entry: Address): Address;

  /** Collects `generation` and younger ones. Returns the number of unreachable objects; 0 if already collecting. */
  collect(generation: number): number;
  setEnabled(enabled: number): void;
  /** Adds to the number of nested reasons that suspend automatic collection: `by` is 1 or -1. */
  addPause(by: number): void;
  /** Sets the bytes by which the heap may grow before a collection is due; 0 = any number. */
  setByteThreshold(bytes: number): void;
  /** Sets DEBUG_* flags. */
  setDebug(flags: number): void;
  /** The list `gc.garbage`, created at the first call. Borrowed. 0 = out of memory. */
  garbage(): Address;
  /** Drops the core's reference to `gc.garbage`. */
  forgetGarbage(): void;
  /** Freezes all tracked objects: collections ignore them. */
  freeze(): void;
  unfreeze(): void;
  /** Number of frozen objects. Walks the heap. */
  freezeCount(): number;
  /** Does about `units` units of pending work. Begins a cycle if one is due. 0 = nothing is left. */
  step(units: number): number;
  /** Completes or abandons all incremental work. Finalizers and callbacks may run. */
  settle(): void;
  /** Turns bounded pauses on or off. Turning them off completes work under way. 0 = a collection is running, nothing changed. */
  setBounded(on: number): number;
  /** Number of objects known to wait for their death. */
  waiting(): number;
  /** During a collection: the next object (0 = from the start) found to be garbage; 0 at the end. */
  unreachableAfter(object: Address): Address;
  /** The next object in the order of `trackedAfter` that refers to any of `count` objects; `targets` is their sorted array of addresses. */
  nextReferrer(generation: number, object: Address, targets: Address, count: number): Address;
  setThresholds(t0: number, t1: number, t2: number): void;
  /** Number of tracked objects in a generation. */
  trackedCount(generation: number): number;
  isTracked(object: Address): number;
  isFinalized(object: Address): number;

  /** The next live object in address order (0 = from the start); 0 at the end. Buffers are skipped. */
  nextObject(object: Address): Address;
  /** Bytes of the object's block plus those of its buffer. */
  sizeOf(object: Address): number;
  /** The object's type id; 0 if no live object is there. Accepts any number. */
  typeOf(address: Address): number;

  /** Counts objects and blocks for the readings of a census. Walks the heap. */
  census(): void;

  /** The next tracked object of a generation (0 = from the start): in birth order in 0 and 1, by address in 2; 0 at the end. */
  trackedAfter(generation: number, object: Address): Address;

  /** Throws the engine's stack overflow error if the stack has less room than `frames` times 4 KiB. */
  needRoom(frames: number): void;
  /** Called by the import `checkRoom` if the stack has no room for a hook. */
  denyRoom(): void;

  /** Checks every invariant of the heap. 0, or the number of the first violated one: see `assembly/invariants.ts`. */
  verify(): number;
  /** Whether this is the checked build. */
  isChecked(): number;

  /** Checked build only, a torture switch: collects at every allocation of an object. */
  tortureCollect?(on: number): void;
  /** Checked build only, a torture switch: the n-th allocation from now on fails, and all later ones, until reset with 0. */
  tortureFail?(n: number): void;
}

/** The functions that the core calls. They must not throw. */
export interface CoreImports {
  /** Runs the finalizer of an object about to die. The object is alive during the call; the reference is borrowed. */
  finalize(object: Address, type: number): void;
  /** Calls a weak reference's callback, after its referent has died. `weakref` is borrowed. */
  callback(weakref: Address, callback: number): void;
  /** COLLECTION_*: a collection starts, has found its garbage, or has ended. `collected` counts objects. */
  collection(phase: number, generation: number, collected: number): void;
  /** The weak reference with this callback id died: the host drops the function. */
  forget(callback: number): void;
}
