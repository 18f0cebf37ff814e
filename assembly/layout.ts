// Every size, offset and bit of the heap, written once.
//
// This file compiles both as AssemblyScript (the core) and as TypeScript (the host), so the two
// can never disagree about a byte. Hence no type annotations and no imports.
//
//   linear memory of a heap
//   ┌────────────┬──────────────┬────────────┬────────────┬────── ─ ─ ─┬─────────┐
//   │ control    │ first tables │ page       │ page       │ …          │         │
//   │ block      │ (bootstrap)  │ 64 KiB     │ 64 KiB     │            │         │
//   └────────────┴──────────────┴────────────┴────────────┴────── ─ ─ ─┴─────────┘
//   ▲ CONTROL    ▲ base         ▲ base + BOOTSTRAP_SIZE, rounded up to a page     ▲ limit
//
// object/header.ts draws an object.

// ---- Pages and blocks -------------------------------------------------------------------------
export const PAGE_SHIFT = 16;
export const PAGE_SIZE = 1 << PAGE_SHIFT;
/** Blocks are multiples of this, and so are addresses of objects. */
export const GRAIN = 8;
/** Largest block that a size class serves; larger ones get a run of pages of their own. */
export const MAX_CLASS_SIZE = 36864;

// ---- Object header ----------------------------------------------------------------------------
export const NEXT_OFFSET = -8;
export const PREV_OFFSET = -4;
export const REFCOUNT_OFFSET = 0;
export const INFO_OFFSET = 4;
export const PAYLOAD_OFFSET = 8;
/** Bytes of header in front of a leaf object's payload. */
export const HEADER_SIZE = 8;
/** Bytes in front of the header of a kind that can hold references. */
export const LINKS_SIZE = 8;

export const TYPE_MASK = 0xffff;
export const ROOTS_SHIFT = 24;
/** `roots` at this value: the exact count is in a side table, or the object is immortal. */
export const ROOTS_SATURATED = 255;
/** Reference count of an immortal object; anything with the top bit set is immortal. */
export const IMMORTAL_REFCOUNT = 0xc0000000;

export const FLAG_FINALIZED = 1 << 16;
export const FLAG_HAS_WEAKREFS = 1 << 17;
export const FLAG_TRACKED = 1 << 18;
export const FLAG_OLD = 1 << 19;
export const FLAG_COLLECTING = 1 << 20;
export const FLAG_UNREACHABLE = 1 << 21;
export const FLAG_DYING = 1 << 22;
export const FLAG_SAMPLED = 1 << 23;
/** The same bit, on leaf kinds, which a collection never finds unreachable: an interned string … */
export const FLAG_INTERNED = FLAG_UNREACHABLE;
/** … or an int that came from a JavaScript bigint, and is one again when it goes back. */
export const FLAG_BIGINT = FLAG_UNREACHABLE;
/** The bit of FINALIZED, on containers, which have no finalizer: see containers/detached.ts. */
export const FLAG_DETACHED = FLAG_FINALIZED;

// ---- Types ------------------------------------------------------------------------------------
export const TYPE_BUFFER = 1;
export const TYPE_NONE = 2;
export const TYPE_BOOL = 3;
export const TYPE_INT = 4;
export const TYPE_FLOAT = 5;
export const TYPE_STR = 6;
export const TYPE_BYTES = 7;
export const TYPE_LIST = 8;
export const TYPE_TUPLE = 9;
export const TYPE_DICT = 10;
export const TYPE_SET = 11;
export const TYPE_WEAKREF = 12;
export const TYPE_WEAKMAP = 13;
export const TYPE_WEAKSET = 14;
export const TYPE_EPHEMERON = 15;
export const FIRST_USER_TYPE = 16;
export const MAX_TYPES = 65536;

/** Where an object of a type keeps its references. */
export const KIND_LEAF = 0; // none
export const KIND_STRUCT = 1; // `slotCount` slots at the start of the payload
export const KIND_WEAKMAP = 2; // none, but knows its entries: see weak/map.ts
export const KIND_TUPLE = 3; // behind its length, in the payload
export const KIND_LIST = 4; // in a buffer of its own
export const KIND_TABLE = 5; // in a buffer of its own, with the hash table of dict or set behind them
/** What `defineType` takes besides sizes. */
export const TYPE_HAS_FINALIZER = 1;
export const TYPE_HAS_LINKS = 2;
export const TYPE_VARIABLE_SIZE = 4;
/** Found out by the core: dying is nothing but dropping slots. */
export const TYPE_DIES_QUIETLY = 8;
/** An object with more slots may have to die in slices. */
export const MAX_QUIET_SLOTS = 512;
/** Found out by the core: objects of the type have no hooks that a death runs, be they dropped or containers. */
export const TYPE_DIES_SILENTLY = 16;

/** Found out by the core: a struct of at most two slots and nothing else. If they are empty, its death is giving memory back. */
export const TYPE_DIES_AT_ONCE = 32;
/** Found out by the core: has links, and a payload of 8 to 32 bytes. */
export const TYPE_BORN_AT_ONCE = 64;

export const TYPE_DESCRIPTOR_SIZE = 32;

// ---- Payloads of the built-in types (offsets from the object's address) --------------------------
/** INT: 64-bit two's complement. BOOL: 0 or 1. FLOAT: IEEE double. */
export const VALUE_OFFSET = 8;
/** STR, BYTES: length in bytes, cached hash (0 = none yet), then that many bytes (of a STR: UTF-8). */
export const STR_LENGTH_OFFSET = 8;
export const STR_HASH_OFFSET = 12;
export const STR_BYTES_OFFSET = 16;
/** TUPLE: number of slots, then the slots. */
export const TUPLE_LENGTH_OFFSET = 8;
export const TUPLE_ITEMS_OFFSET = 12;
/** LIST, DICT, SET: address of the buffer (0 = none) and number of slots in use. */
export const SLOTS_BUFFER_OFFSET = 8;
export const SLOTS_COUNT_OFFSET = 12;
/** LIST: slots that the buffer has room for. */
export const LIST_CAPACITY_OFFSET = 16;
/**
 * DICT, SET: entries that are there; entries that can still be added; shape (log2 of the index's size,
 * then a byte for the host: ORIGIN_*); how often entries came or went, which iterators watch.
 * An entry is a key slot and, in a dict, a value slot; one that was deleted is zeros.
 */
export const TABLE_LENGTH_OFFSET = 16;
export const TABLE_USABLE_OFFSET = 20;
export const TABLE_LOG_OFFSET = 24;
export const TABLE_ORIGIN_OFFSET = 25;
export const TABLE_VERSION_OFFSET = 28;
/** BUFFER: slots or bytes start here. */
export const BUFFER_DATA_OFFSET = 8;
/**
 * WEAKREF: the host's callback id (0 = none), referent (0 = dead), the others in the referent's chain. A dead
 * one that was hashed while it lived keeps its hash where `prev` was.
 */
export const WEAKREF_CALLBACK_OFFSET = 8;
export const WEAKREF_REFERENT_OFFSET = 12;
export const WEAKREF_NEXT_OFFSET = 16;
export const WEAKREF_PREV_OFFSET = 20;
/** In the word of the callback: the weak reference has been hashed. */
export const WEAKREF_HASHED = 0x80000000;
/** EPHEMERON: its value, a slot; its key, and the key's other entries; its map, and the map's other entries. */
export const EPHEMERON_VALUE_OFFSET = 8;
export const EPHEMERON_KEY_OFFSET = WEAKREF_REFERENT_OFFSET;
export const EPHEMERON_KEY_NEXT_OFFSET = WEAKREF_NEXT_OFFSET;
export const EPHEMERON_KEY_PREV_OFFSET = WEAKREF_PREV_OFFSET;
export const EPHEMERON_MAP_OFFSET = 24;
export const EPHEMERON_NEXT_OFFSET = 28;
export const EPHEMERON_PREV_OFFSET = 32;
/** WEAKMAP, WEAKSET: the newest entry, and how many there are. */
export const WEAKMAP_FIRST_OFFSET = 8;
export const WEAKMAP_SIZE_OFFSET = 12;

/** What a DICT was in JavaScript: so it goes back as what it came. */
export const ORIGIN_PYTHON = 0;
export const ORIGIN_OBJECT = 1;
export const ORIGIN_BARE_OBJECT = 2; // without a prototype
export const ORIGIN_MAP = 3;

export const ORIGIN_MASK = 3;

/**
 * Operations of a load (assembly/load.ts): the low byte of a word, whose other bytes are an operand. Words of
 * their own follow where it says so.
 */
export const LOAD_END = 0; // closes the innermost container
export const LOAD_KEY = 1; // word: the key of the next value, an object, borrowed
export const LOAD_LIST = 2; // word: length to make room for
export const LOAD_DICT = 3; // operand: ORIGIN_*; word: length
export const LOAD_SET = 4; // word: length
export const LOAD_NONE = 5;
export const LOAD_FALSE = 6;
export const LOAD_TRUE = 7;
export const LOAD_INT = 8; // word: value
export const LOAD_LONG = 9; // two words: value, low half first
export const LOAD_FLOAT = 10; // two words: the double
export const LOAD_STR = 11; // operand: length in bytes; then the bytes, filled up to whole words
export const LOAD_REF = 12; // operand: number of a container that was opened before
export const LOAD_OBJECT = 13; // word: an object, whose reference goes to the load once it is put

/** Most bytes of a string that need not be an object to be looked up: see values/borrowed-key.ts. */
export const BORROWED_TEXT_SIZE = 4096;
/** Tuples inside one another, and in all, beyond which a tuple is not hashed or compared: see values/key.ts. */
export const MAX_TUPLE_DEPTH = 1000;
export const MAX_TUPLES = 1 << 24; // a tenth of a second
/**
 * What operations with a key answer: it was not there and now is; it was there; it was not there and is not now; it
 * cannot be a key. 0 is "out of memory", as everywhere.
 */
export const RESULT_ADDED = 1;
export const RESULT_FOUND = 2;
export const RESULT_MISSING = 3;
export const RESULT_UNHASHABLE = 4;
/** What answers with the number of an entry answers instead: there is none; the key cannot be one; the table changed. */
export const NO_ENTRY = 0xffffffff;
export const UNHASHABLE_ENTRY = 0xfffffffe;
export const CHANGED_ENTRY = 0xfffffffd;
/** What a search for an item answers instead of an index: tuples are nested too deeply to be compared. */
export const INCOMPARABLE_INDEX = 0xfffffffe;

export const SMALL_INT_MIN = -5;
export const SMALL_INT_MAX = 256;

// ---- Collector --------------------------------------------------------------------------------
export const GENERATIONS = 3;
export const DEFAULT_THRESHOLD_0 = 700;
export const DEFAULT_THRESHOLD_1 = 10;
export const DEFAULT_THRESHOLD_2 = 10;
/** Python's `gc.DEBUG_*`. */
export const DEBUG_STATS = 1;
export const DEBUG_COLLECTABLE = 2;
export const DEBUG_UNCOLLECTABLE = 4;
export const DEBUG_SAVEALL = 32;
/** What the host is told of a collection. */
export const COLLECTION_STARTS = 0;
export const COLLECTION_FOUND = 1; // what is garbage, before anything happens to it
export const COLLECTION_ENDS = 2;
/** … and of a bounded one. */
export const CYCLE_STARTS = 3;
export const STEP_STARTS = 4;
export const STEP_ENDS = 5;
export const CYCLE_ENDS = 6;
/** What is scanned in parts of an object: the entries of weak maps whose key it is, those of a weak map itself, slots. */
export const PART_ENTRIES_OF_KEY = 0;
export const PART_ENTRIES_OF_MAP = 1;
export const PART_SLOTS = 2;
/** What a cycle of bounded collection is at: docs/collector.md. */
export const PHASE_IDLE = 0;
export const PHASE_CLEARING = 1; // both bitmaps
export const PHASE_PROMOTING = 2; // everything tracked becomes old; then the snapshot is taken
export const PHASE_WALKING = 3; // over all objects, for roots
export const PHASE_DRAINING = 4; // scans what was marked behind the walk
export const PHASE_GATHERING = 5; // it is decided who is dead: weak references die, finalizers are looked for
export const PHASE_SPARING = 6; // marks what those with finalizers can reach
export const PHASE_FINALIZING = 7; // runs finalizers
export const PHASE_SWEEPING = 8; // clears what is dead

// ---- Room on the stack, in frames of 4 KiB: see room.ts -----------------------------------------
/** For a door that calls doors, which ask again from further down; and for one that takes what another door gives back. */
export const ROOM_FOR_DOORS = 2;
/** For a hook: V8 refuses to compile a function, which hooks are at their first call, with less than 40 KiB left. */
export const ROOM_FOR_HOOKS = 12;
