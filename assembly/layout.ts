// Every size, offset and bit of the heap, written once.
//
// This file compiles both as AssemblyScript (the core) and as TypeScript (the host), so the two never disagree about a
// byte. Hence no type annotations and no imports.
//
//   linear memory of a heap
//   ┌────────────┬──────────────┬────────────┬────────────┬────── ─ ─ ─┬─────────┐
//   │ control    │ first tables │ page       │ page       │ …          │         │
//   │ block, …   │ and types    │ 64 KiB     │ 64 KiB     │            │         │
//   └────────────┴──────────────┴────────────┴────────────┴────── ─ ─ ─┴─────────┘
//                ▲ base         ▲ the next multiple of 64 KiB                     ▲ limit
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
/** The bit of UNREACHABLE, on leaf kinds, which no collection examines: an interned string. */
export const FLAG_INTERNED = FLAG_UNREACHABLE;
/** The same bit: an int that was given as a bigint, and reads as a bigint. */
export const FLAG_BIGINT = FLAG_UNREACHABLE;
/** The bit of FINALIZED, on lists, dicts and sets of both kinds, which have no finalizer: see containers/detached.ts. */
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
export const TYPE_FROZENSET = 12;
export const TYPE_WEAKREF = 13;
export const TYPE_WEAKMAP = 14;
export const TYPE_WEAKSET = 15;
export const TYPE_EPHEMERON = 16;
export const FIRST_USER_TYPE = 17;
export const MAX_TYPES = 65536;

/** Where an object of a type keeps its references. */
export const KIND_LEAF = 0; // none
export const KIND_STRUCT = 1; // `slotCount` slots at the start of the payload
export const KIND_WEAKMAP = 2; // none; its entries are found otherwise: see weak/map.ts
export const KIND_TUPLE = 3; // behind its length, in the payload
export const KIND_LIST = 4; // in a buffer of its own
export const KIND_TABLE = 5; // in a buffer of its own, with the hash table of a dict or set behind them
/** Flags of a type that `defineType` is given. */
export const TYPE_HAS_FINALIZER = 1;
export const TYPE_HAS_LINKS = 2;
export const TYPE_VARIABLE_SIZE = 4;
// Flags of a type that the core derives, so that common births and deaths take short paths.
/** The death of an object is nothing but dropping slots, unless it has weak references. */
export const TYPE_DIES_PLAINLY = 8;
/** An object with more slots than this may have to die in slices. */
export const MAX_PLAIN_SLOTS = 512;
/** Objects of the type have no finalizer, and are no weak references, weak maps or entries. */
export const TYPE_HAS_NO_HOOKS = 16;
/** A struct with 8 bytes of payload, at most two slots. If they are 0, its death is nothing but freeing its block. */
export const TYPE_DIES_AT_ONCE = 32;
/** Has links, and a payload of 8 to 32 bytes. */
export const TYPE_BORN_AT_ONCE = 64;

export const TYPE_DESCRIPTOR_SIZE = 32;

// ---- Payloads of the built-in types (offsets from the object's address) --------------------------
/** INT: 64-bit two's complement. BOOL: 0 or 1. FLOAT: IEEE double. */
export const VALUE_OFFSET = 8;
/** STR, BYTES: length in bytes, cached hash (0 = not computed), then the bytes (of a STR: UTF-8). */
export const STR_LENGTH_OFFSET = 8;
export const STR_HASH_OFFSET = 12;
export const STR_BYTES_OFFSET = 16;
/** TUPLE: number of slots, then the slots. */
export const TUPLE_LENGTH_OFFSET = 8;
export const TUPLE_ITEMS_OFFSET = 12;
/** LIST, DICT, SET, FROZENSET: address of the buffer (0 = none) and number of slots in use. */
export const SLOTS_BUFFER_OFFSET = 8;
export const SLOTS_COUNT_OFFSET = 12;
/** LIST: slots that the buffer has room for. */
export const LIST_CAPACITY_OFFSET = 16;
/**
 * DICT, SET, FROZENSET: entries that are not deleted; entries that can still be added; log2 of the cells of the index, and a byte
 * for the host: ORIGIN_*; a version, incremented when an entry is added or deleted, which iterators compare. An entry
 * is a key slot and, in a dict, a value slot; a deleted one is zeros.
 */
export const TABLE_LENGTH_OFFSET = 16;
export const TABLE_USABLE_OFFSET = 20;
export const TABLE_LOG_OFFSET = 24;
export const TABLE_ORIGIN_OFFSET = 25;
export const TABLE_VERSION_OFFSET = 28;
/** FROZENSET: its hash; 0 = it has none, because it is not complete, or nested beyond a limit. */
export const FROZENSET_HASH_OFFSET = 32;
/**
 * FROZENSET with a hash: depth and number of the tuples and frozensets in it, itself included; weak references to
 * frozensets count as those. Some of these may have died since.
 */
export const FROZENSET_DEPTH_OFFSET = 26;
export const FROZENSET_PARTS_OFFSET = 36;
/** BUFFER: slots or bytes start here. */
export const BUFFER_DATA_OFFSET = 8;
/**
 * WEAKREF: the host's callback id (0 = none), referent (0 = dead), neighbours in the chain of the referent. A dead weak
 * reference that was hashed while it was alive keeps its hash in the place of `prev`.
 */
export const WEAKREF_CALLBACK_OFFSET = 8;
export const WEAKREF_REFERENT_OFFSET = 12;
export const WEAKREF_NEXT_OFFSET = 16;
export const WEAKREF_PREV_OFFSET = 20;
/** A bit of the callback's word: the weak reference has been hashed. */
export const WEAKREF_HASHED = 0x80000000;
/**
 * EPHEMERON: its value, a slot; its key, and neighbours in the key's list; its map, and neighbours in the map's list.
 */
export const EPHEMERON_VALUE_OFFSET = 8;
export const EPHEMERON_KEY_OFFSET = WEAKREF_REFERENT_OFFSET;
export const EPHEMERON_KEY_NEXT_OFFSET = WEAKREF_NEXT_OFFSET;
export const EPHEMERON_KEY_PREV_OFFSET = WEAKREF_PREV_OFFSET;
export const EPHEMERON_MAP_OFFSET = 24;
export const EPHEMERON_NEXT_OFFSET = 28;
export const EPHEMERON_PREV_OFFSET = 32;
/** WEAKMAP, WEAKSET: the newest entry, and the number of entries. */
export const WEAKMAP_FIRST_OFFSET = 8;
export const WEAKMAP_SIZE_OFFSET = 12;

/** The JavaScript type that a DICT was created from, so that `toJS` returns the same type. */
export const ORIGIN_PYTHON = 0;
export const ORIGIN_OBJECT = 1;
export const ORIGIN_BARE_OBJECT = 2; // without a prototype
export const ORIGIN_MAP = 3;

export const ORIGIN_MASK = 3;

/**
 * Operations of a load (load.ts): the low byte of a word, whose other bytes are an operand. More words follow where
 * noted.
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
export const LOAD_STR = 11; // operand: length in bytes; then the bytes, padded to whole words
export const LOAD_REF = 12; // operand: number of a container that was opened earlier
export const LOAD_OBJECT = 13; // word: an object; the load takes over the reference once it has put the object

// ---- A load that parses JSON (see parse.ts)
export const LOAD_STATUS_OFFSET = 0; // why the parser stopped: PARSE_*
export const LOAD_WANT_OFFSET = 4; // what may come next: WANT_*
export const LOAD_LINES_OFFSET = 8; // line feeds so far
export const LOAD_LINE_START_OFFSET = 12; // address behind the latest line feed
export const LOAD_TOKEN_END_OFFSET = 16; // of PARSE_NUMBER: address behind the number

export const PARSE_WITH_BIGINTS = 1; // flag: ints beyond 2^53 are ints, up to 64 bits
export const PARSE_LAST = 2; // flag: no more text follows

export const PARSE_MORE = 0; // all text is parsed, except an incomplete token at its end
export const PARSE_MEMORY = 1; // out of memory, nothing changed
export const PARSE_NUMBER = 2; // the host must round this number and pass it to parsedValue
export const PARSE_UNWANTED = 3; // a token other than LOAD_WANT_OFFSET allows
export const PARSE_DIGIT = 4; // a number lacks a digit
export const PARSE_CONTROL = 5; // a control character in a string
export const PARSE_ESCAPE = 6; // no such escape
export const PARSE_HEX = 7; // an escape lacks a hexadecimal digit
export const PARSE_UTF8 = 8; // bytes that are not UTF-8
export const PARSE_SURROGATE = 9; // half of a surrogate pair, as an escape

export const WANT_VALUE = 0;
export const WANT_ITEM = 1; // a value, or the end of the list
export const WANT_FIRST_NAME = 2; // a name, or the end of the object
export const WANT_NAME = 3;
export const WANT_COLON = 4;
export const WANT_ITEM_COMMA = 5; // or the end of the list
export const WANT_PAIR_COMMA = 6; // or the end of the object
export const WANT_NOTHING = 7;

/** Longest text, in bytes, that can be a borrowed key: see values/borrowed-key.ts. */
export const BORROWED_TEXT_SIZE = 4096;
/**
 * Limits for hashing and comparing: depth of nested tuples and frozensets, and number of them visited: see values/key.ts.
 */
export const MAX_KEY_DEPTH = 1000;
export const MAX_KEY_PARTS = 1 << 24; // a tenth of a second
/**
 * Results of operations with a key: it was added; it was found; it is missing; it is unhashable. 0 = out of memory.
 */
export const RESULT_ADDED = 1;
export const RESULT_FOUND = 2;
export const RESULT_MISSING = 3;
export const RESULT_UNHASHABLE = 4;
/** Results in place of an entry's number: there is no entry; the key is unhashable; the table has changed. */
export const NO_ENTRY = 0xffffffff;
export const UNHASHABLE_ENTRY = 0xfffffffe;
export const CHANGED_ENTRY = 0xfffffffd;
/** Result in place of an index: tuples or sets are nested too deeply to be compared. */
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
/** Events of a collection that are reported to the host. */
export const COLLECTION_STARTS = 0;
export const COLLECTION_FOUND = 1; // garbage is found, and nothing has happened to it; with DEBUG_COLLECTABLE alone
export const COLLECTION_ENDS = 2;
/** Events of a bounded cycle. */
export const CYCLE_STARTS = 3;
export const STEP_STARTS = 4;
export const STEP_ENDS = 5;
export const CYCLE_ENDS = 6;
/** The references of a large object that are scanned in parts: entries with the object as key, entries of a weak map, slots. */
export const PART_ENTRIES_OF_KEY = 0;
export const PART_ENTRIES_OF_MAP = 1;
export const PART_SLOTS = 2;
/** Phases of a bounded cycle: docs/collector.md. */
export const PHASE_IDLE = 0;
export const PHASE_CLEARING = 1; // clears both bitmaps
export const PHASE_PROMOTING = 2; // makes everything tracked old; at its end the snapshot is taken
export const PHASE_WALKING = 3; // marks roots and what they reach, in one pass over all pages
export const PHASE_DRAINING = 4; // scans what was marked behind the pass; at its end garbage is decided
export const PHASE_GATHERING = 5; // clears weak references to garbage, finds garbage with finalizers
export const PHASE_MARKING_PENDING = 6; // marks garbage with finalizers and all that it reaches: it survives this cycle
export const PHASE_FINALIZING = 7; // runs finalizers
export const PHASE_SWEEPING = 8; // empties and frees the rest of the garbage

// ---- Room on the stack, in frames of 4 KiB: see room.ts -----------------------------------------
/** For a door that calls other doors, which ask again; and for a door whose result must be given back by another door. */
export const ROOM_FOR_DOORS = 2;
/** For a hook: V8 compiles a function at its first call, and cannot with less than 40 KiB left. */
export const ROOM_FOR_HOOKS = 12;
