/**
 * The typed raw ABI of the core: what `core.wasm` exports and imports, and what the host adds to that.
 *
 * Everything is a plain number. Addresses come back signed from WebAssembly: `>>> 0` them before
 * comparing or keeping them. "Owned" means the caller got one outside reference and must give it
 * back with `decref`; "borrowed" means it got none.
 */

/** Address of an object inside a heap's linear memory. 0 is "no object". */
export type Address = number;

export interface RawExports {
  readonly memory: WebAssembly.Memory;

  /** First address the core may use when it owns the whole memory. */
  heapBase(): Address;
  /** Starts an empty heap in `[base, limit)`. 0 = there was not enough memory. Call once. */
  init(base: Address, limit: Address): number;
  /** Moves the limit. 0 = the heap has grown beyond it, and nothing changed. */
  setLimit(limit: Address): number;
  /** The control block (`assembly/control.ts`) and, behind it, the directories, list heads and size classes. */
  controlBlock(): Address;

  /** New type with `payloadBytes` of payload beginning with `slotCount` references. 0 = out of memory or types. `flags`: TYPE_HAS_FINALIZER. */
  defineType(payloadBytes: number, slotCount: number, flags: number): number;

  /** New zeroed object of a fixed-size type. Owned. May collect first. 0 = out of memory, nothing changed. */
  alloc(type: number): Address;
  /** Adds one outside reference. 0 = out of memory (only past 254 outside references), nothing changed. */
  incref(object: Address): number;
  /** Takes one outside reference away; the object dies if it was the last reference. */
  decref(object: Address): void;
  /** Every strong reference. 0xC0000000 for immortals. */
  refcount(object: Address): number;
  /** Outside references alone. */
  roots(object: Address): number;
  /** Reference in a slot of a struct, or 0. Borrowed. */
  getRef(object: Address, slot: number): Address;
  /** Stores a reference (0 = none) in a slot of a struct; counts both sides; what was there may die. */
  setRef(object: Address, slot: number, value: Address): void;

  /** Int of 64 bits given as two halves. Owned (small ints are shared and immortal, bigints are not). 0 = out of memory. */
  newInt(low: number, high: number, isBigint: number): Address;
  newFloat(value: number): Address;
  /** String, or bytes, whose bytes are undefined: the caller fills them at STR_BYTES_OFFSET at once. Owned. */
  newStr(byteLength: number): Address;
  newBytes(byteLength: number): Address;
  /** String of the bytes at `borrowedText`. Owned. */
  strFromBorrowed(byteLength: number): Address;
  /** Code points of a string. */
  strLength(string: Address): number;
  /** The one interned string with this text. Takes a borrowed key too. Owned. */
  intern(text: Address): Address;
  /** Gives back what the table of interned strings has beyond so many cells, if it can. */
  shrinkInterned(capacity: number): void;

  /**
   * Borrowed keys: keys that are not objects, for `intern`, `dictSet`, `dictSetDefault`, `setAdd`, `tableFind`,
   * `tableDelete` and `sequenceIndex`. Each is good until the next one is made. Texts of at most BORROWED_TEXT_SIZE
   * bytes are written to `borrowedText` first.
   */
  borrowedText(): Address;
  borrowStr(byteLength: number): Address;
  borrowBytes(byteLength: number): Address;
  borrowInt(low: number, high: number, isBigint: number): Address;
  borrowFloat(value: number): Address;
  /** Seed of hashes. Before anything is hashed. */
  setHashSeed(seed: number): void;

  /** Empty list with room for `capacity` slots. Owned. May collect first. */
  newList(capacity: number): Address;
  /** Appends; counts the item. 0 = out of memory, list unchanged. */
  listAppend(list: Address, item: Address): number;
  /** Inserts before `index` (at most the length). 0 = out of memory, list unchanged. */
  listInsert(list: Address, index: number, item: Address): number;
  /** Appends the items `[start, end)` of a list (or the same one) or tuple. 0 = out of memory, list unchanged. */
  listExtend(list: Address, source: Address, start: number, end: number): number;
  listSet(list: Address, index: number, item: Address): void;
  /** Removes an item, which may die of it. */
  listRemove(list: Address, index: number): void;
  /** Removes the items `[start, end)`, before any of them dies; they die last first. */
  listRemoveRange(list: Address, start: number, end: number): void;
  listReverse(list: Address): void;
  /** Puts at each place i the item from `order[i]`. `order`: loan of as many words, and as many again for the core's use. */
  /** `list[start:end] = source`, for another list or tuple; 0 = out of memory, nothing changed. */
  listReplace(list: Address, start: number, end: number, source: Address): number;
  /** The items of another list or tuple at every `step`-th place from `start` on; 0 = out of memory, nothing changed. */
  listReplaceEach(list: Address, start: number, step: number, source: Address): number;
  listPermute(list: Address, order: Address): void;
  /** First place in `[start, end)` of a list or tuple whose item equals the value; `end` = none. INCOMPARABLE_INDEX: nested too deeply to compare. */
  sequenceIndex(sequence: Address, value: Address, start: number, end: number): number;

  /** Tuple, to be filled with `tupleInit` before anything else happens. Owned. May collect first. */
  newTuple(length: number): Address;
  tupleInit(tuple: Address, index: number, item: Address): void;

  /** Empty dict or set with room for so many entries. Owned. May collect first. */
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
   * Adds the entries of another table, from `entry` on: `dict.update(dict)`, `set.update(dict or set)`. The caller holds
   * both. NO_ENTRY: done; CHANGED_ENTRY: the other's version is not `version`; else the entry that there is no memory for.
   */
  tableAddAll(table: Address, other: Address, entry: number, version: number): number;
  /** The first entry from this one on that is not deleted; the number of all entries if there is none. */
  tableEntryFrom(table: Address, entry: number): number;
  /** Entry of a key; NO_ENTRY or UNHASHABLE_ENTRY. A set is looked up in a set as the frozenset equal to it. */
  tableFind(table: Address, key: Address): number;
  /** `del table[key]`. RESULT_*; key and value may die of it. */
  tableDelete(table: Address, key: Address): number;
  /** Deletes an entry that is there. */
  tableDeleteAt(table: Address, entry: number): void;
  /** Empties a list, dict or set, before anything that was in it dies. */
  containerClear(container: Address): void;

  /** A load, to be ended with `endLoad`; 0 = out of memory. See `assembly/load.ts`. */
  startLoad(): Address;
  /** Does the operations in `[at, end)`: LOAD_*. Address of the first that there was no memory for; or `end`. */
  runLoad(load: Address, at: Address, end: Address): Address;
  /** RESULT_* of the last entry of a dict or set. */
  loadResult(load: Address): number;
  /**
   * Parses JSON in `[at, end)`, behind which 8 more bytes belong to the loan. Where it stopped; why is in the load. `flags`:
   * PARSE_WITH_BIGINTS, PARSE_LAST. See `assembly/parse.ts`.
   */
  parseLoad(load: Address, at: Address, end: Address, flags: number): Address;
  /** Goes on with a value that the host has made, and takes its reference. 0 = out of memory, and the value is gone. */
  parsedValue(load: Address, value: Address): number;
  /** The value that was loaded, owned; or, if that failed, 0, and nothing of it is left. */
  endLoad(load: Address, isSuccess: number): Address;

  /** Raw memory for data on its way in or out; 0 = out of memory. */
  lend(bytes: number): Address;
  giveBack(address: Address): void;
  /** Creates `count` objects; their addresses (owned) go to `out`. How many there was memory for. May collect. */
  allocMany(type: number, count: number, out: Address): number;
  /** Of each object in an array of `count` addresses. 0 = out of memory, nothing changed. */
  increfMany(objects: Address, count: number): number;
  decrefMany(objects: Address, count: number): void;
  getRefMany(objects: Address, count: number, slot: number, out: Address): void;
  /** What was there dies once all are written. 0 = out of memory, nothing changed. */
  setRefMany(objects: Address, count: number, slot: number, values: Address): number;
  /** 2^shift bytes at `offset` of each object, to or from an array. */
  gather(objects: Address, count: number, offset: number, shift: number, out: Address): void;
  scatter(objects: Address, count: number, offset: number, shift: number, values: Address): void;

  /** Weak reference object. `callback` is an id of the host's, 0 = none (then it may be a shared one). Owned. 0 = out of memory. */
  newWeakref(referent: Address, callback: number): Address;
  /** Referent, borrowed, or 0 once it is dead (or dying). */
  weakrefTarget(weakref: Address): Address;
  /** How many live weak references an object has. */
  weakrefCount(object: Address): number;
  /** The live weak reference to an object behind this one (0 = the first): the shared one, then the newest first; or 0. */
  weakrefAfter(object: Address, weakref: Address): Address;
  /** Whether weak references without a callback, too, die before the finalizers of a collection run (CPython 3.12). */
  setClearsAllWeakrefs(on: number): void;

  /** Empty weak-keyed map, or weak set. Owned. May collect first. */
  newWeakMap(isSet: number): Address;
  /** Sets the value of a key. RESULT_ADDED if it is new, RESULT_FOUND; 0 = out of memory. May collect when it is done. */
  weakMapSet(map: Address, key: Address, value: Address): number;
  /** Entry of a key, or 0. Borrowed: EPHEMERON_* say where its parts are. */
  weakMapFind(map: Address, key: Address): Address;
  /** RESULT_FOUND or RESULT_MISSING. The value may die of it. */
  weakMapDelete(map: Address, key: Address): number;
  weakMapClear(map: Address): void;
  /** The entry behind this one (0 = the first), the newest first, whose key is not dying; or 0. Borrowed. */
  weakMapEntryAfter(map: Address, entry: Address): Address;

  /** Collects `generation` and younger. Objects found unreachable; 0 when already collecting. */
  collect(generation: number): number;
  setEnabled(enabled: number): void;
  /** Reasons not to collect automatically, that nest: one more, or one less. */
  addPause(by: number): void;
  /** Bytes by which the heap may grow before a collection is due; 0 = any number. */
  setByteThreshold(bytes: number): void;
  /** DEBUG_*. */
  setDebug(flags: number): void;
  /** The list `gc.garbage`, made at the first call. Borrowed. 0 = out of memory. */
  garbage(): Address;
  /** Lets go of it. */
  forgetGarbage(): void;
  /** Freezes all tracked objects: no collection looks at them. */
  freeze(): void;
  unfreeze(): void;
  /** How many are frozen. Walks the heap. */
  freezeCount(): number;
  /** Does about so many units of work of what waits; begins a cycle if there is reason to. 0 = nothing is left. */
  step(units: number): number;
  /** Ends, or gives up, all that goes in steps. Finalizers and callbacks may run. */
  settle(): void;
  /** Bounded pauses on or off. Off ends what is under way. 0 = a collection is running, nothing changed. */
  setBounded(on: number): number;
  /** Objects that are known to wait for their death. */
  waiting(): number;
  /** While a collection is under way: the next object (0 = from the start) that it found to be garbage; or 0. */
  unreachableAfter(object: Address): Address;
  /** Next object of a generation, as `trackedAfter`, that refers to any of `count` others, in ascending order at `targets`. */
  nextReferrer(generation: number, object: Address, targets: Address, count: number): Address;
  setThresholds(t0: number, t1: number, t2: number): void;
  /** Tracked objects in a generation. */
  trackedCount(generation: number): number;
  isTracked(object: Address): number;
  isFinalized(object: Address): number;

  /** Next live object in address order after `object` (0 = from the start); 0 at the end. Buffers are skipped. */
  nextObject(object: Address): Address;
  /** Bytes of the object's block and of the buffer it owns. */
  sizeOf(object: Address): number;
  /** The object's type id; 0 if there is no live object there. Safe for any number. */
  typeOf(address: Address): number;

  /** Counts what there is, for the readings that say so. Walks the heap. */
  census(): void;

  /** Next tracked object of a generation after this one (0 = from the start): in birth order in 0 and 1, by address in 2. 0 at the end. */
  trackedAfter(generation: number, object: Address): Address;

  /** Throws as the engine does on a stack overflow, if the stack has no room for so many times 4 KiB. */
  needRoom(frames: number): void;
  /** What the import `checkRoom` calls if the stack has no room for a hook. */
  denyRoom(): void;

  /** Checks every invariant of the heap. 0, or the number of the first broken one: see `assembly/invariants.ts`. */
  verify(): number;
  /** Whether this is the checked build. */
  isChecked(): number;

  /** Checked build only. Torture: collect at every allocation of an object. */
  tortureCollect?(on: number): void;
  /** Checked build only. Torture: the n-th request for memory from now fails (0 = never), and all after it until reset. */
  tortureFail?(n: number): void;
}

/** What the core calls. No exception may leave these functions. */
export interface CoreImports {
  /** Runs the finalizer of an object about to die. The object is alive and lent. */
  finalize(object: Address, type: number): void;
  /** Calls a weak reference's callback; its referent is gone. `weakref` is lent. */
  callback(weakref: Address, callback: number): void;
  /** COLLECTION_*: a collection of this generation starts, has found its garbage, ends with so many objects collected. */
  collection(phase: number, generation: number, collected: number): void;
  /** A weak reference with this callback id died: forget the function. */
  forget(callback: number): void;
}
