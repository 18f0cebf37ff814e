// Damage that is written into the memory of a heap, and what `verify` says of it: at least one plant for each invariant,
// and one for each state that no object may be in. (Those of pages and blocks: tests/memory/.)

import { describe, expect, test } from "vitest";
import * as invariants from "../../assembly/invariants.js";
import {
  FLAG_COLLECTING,
  FLAG_DYING,
  FLAG_FINALIZED,
  FLAG_OLD,
  FLAG_TRACKED,
  FLAG_UNREACHABLE,
  IMMORTAL_REFCOUNT,
  PHASE_GATHERING,
  PHASE_MARKING_PENDING,
  PHASE_SWEEPING,
  PHASE_WALKING,
  TYPE_DESCRIPTOR_SIZE,
  TYPE_HAS_FINALIZER,
} from "../../assembly/layout.js";
import { BITMAPS_OFFSET, GENERATION_OFFSETS, BITMAPS_SHIFT } from "../../src/wasm/core-layout.js";
import type { ControlField } from "../../src/wasm/control-fields.js";
import { describeInvariant } from "../../src/wasm/invariants.js";
import { BUILDS, addressOf, fieldOf, startCore } from "../support/core.js";
import type { Build, Core } from "../support/core.js";
import { descriptorOf } from "../support/pages.js";

const {
  INVARIANT_BIRTH,
  INVARIANT_BUFFER,
  INVARIANT_CALLBACKS,
  INVARIANT_CONTROL,
  INVARIANT_COUNTER,
  INVARIANT_DEAD,
  INVARIANT_DYING,
  INVARIANT_FROZEN_COUNT,
  INVARIANT_GARBAGE,
  INVARIANT_GREY,
  INVARIANT_IMMORTALS,
  INVARIANT_INTERNED,
  INVARIANT_LIMITS,
  INVARIANT_LINKS,
  INVARIANT_LIST,
  INVARIANT_MARKS,
  INVARIANT_OLD_COUNT,
  INVARIANT_PAGES_IN_USE,
  INVARIANT_PARTIAL,
  INVARIANT_PENDING,
  INVARIANT_PLACE,
  INVARIANT_REFCOUNT,
  INVARIANT_ROOM,
  INVARIANT_SATURATED,
  INVARIANT_SLOT,
  INVARIANT_SNAPSHOT,
  INVARIANT_SPAN_COUNTS,
  INVARIANT_STATE,
  INVARIANT_TABLE,
  INVARIANT_TRACKED,
  INVARIANT_TUPLE,
  INVARIANT_TYPES,
  INVARIANT_TYPE_ID,
  INVARIANT_UNTRACKED,
  INVARIANT_WEAKMAP,
  INVARIANT_WEAKREFS,
} = invariants;

/** Bytes from the marked bits of a page to its scanned bits. */
const SCANNED_DISTANCE = 1024;

const set = (core: Core, field: ControlField, value: number): void => core.setWord(addressOf(core, field), value);
const add = (core: Core, at: number, by: number): void => core.setWord(at, core.word(at) + by);
const toggle = (core: Core, object: number, flags: number): void =>
  core.setWord(object + 4, core.word(object + 4) ^ flags);

/** A heap with something of everything, and where it is. */
interface Scene {
  core: Core;
  /** A young struct, held by a handle, `list` and `dict`; its slot 0 holds `other`, which nothing else does. */
  object: number;
  other: number;
  /** Freed. */
  free: number;
  list: number;
  /** `{0: None, 1: None, 2: object}`. */
  dict: number;
  /** A dict of atoms, untracked. */
  atoms: number;
  /** `(None,)`, tracked. */
  tuple: number;
  weakref: number;
  map: number;
  entry: number;
  text: number;
  float: number;
  /** Has 300 references from outside. */
  popular: number;
  /** An old struct, and a frozen one. */
  old: number;
  frozen: number;
  /** A loan's buffer. */
  loan: number;
}

function sceneOf(build: Build): Scene {
  const core = startCore(build);
  const type = core.defineType(8, 2, 0);
  const key = (n: number): number => core.borrowInt(n, 0, 0);
  const owned = (address: number): number => address >>> 0;
  const frozen = owned(core.alloc(type));
  core.freeze();
  const old = owned(core.alloc(type));
  core.collect(2);
  const object = owned(core.alloc(type));
  const other = owned(core.alloc(type));
  core.setRef(object, 0, other);
  core.decref(other);
  const list = owned(core.newList(4));
  core.listAppend(list, object);
  const dict = owned(core.newDict(0));
  for (const n of [0, 1]) core.dictSet(dict, key(n), core.none());
  core.dictSet(dict, key(2), object);
  const atoms = owned(core.newDict(0));
  core.dictSet(atoms, key(7), core.none());
  const tuple = owned(core.newTuple(1));
  core.tupleInit(tuple, 0, core.none());
  const weakref = owned(core.newWeakref(object, 1));
  const map = owned(core.newWeakMap(0));
  core.weakMapSet(map, object, core.none());
  const entry = owned(core.weakMapFind(map, object));
  const text = owned(core.intern(core.borrowStr(3)));
  const float = owned(core.newFloat(0.5));
  const popular = owned(core.alloc(type));
  for (let i = 1; i < 300; i++) core.incref(popular);
  const free = owned(core.alloc(type));
  core.decref(free);
  core.garbage();
  const loan = owned(core.lend(100)) - 8;
  const scene = { core, object, other, free, list, dict, atoms, tuple, weakref, map, entry, text, float, popular, old };
  expect(core.verify()).toBe(0);
  return { ...scene, frozen, loan };
}

type Plant = [name: string, invariant: number, damage: (scene: Scene) => void];

/** Buffer of a list, dict or set, and the word that has its items from there on. */
const itemOf = (core: Core, container: number, index: number): number => core.word(container + 8) + 8 + 4 * index;

const PLANTS: Plant[] = [
  ["a refcount that is too high", INVARIANT_REFCOUNT, ({ core, object }) => add(core, object, 1)],
  ["a refcount that is too low", INVARIANT_REFCOUNT, ({ core, object }) => add(core, object, -1)],
  ["a slot that leads into an object", INVARIANT_SLOT, ({ core, object }) => core.setWord(object + 8, object + 8)],
  ["a slot that leads between two words", INVARIANT_SLOT, ({ core, object }) => core.setWord(object + 8, object + 4)],
  ["a slot that leads out of the heap", INVARIANT_SLOT, ({ core, object }) => core.setWord(object + 8, 0xffff0000)],
  ["a slot that leads to a free block", INVARIANT_SLOT, ({ core, object, free }) => core.setWord(object + 8, free)],
  ["a slot that leads to a buffer", INVARIANT_SLOT, ({ core, object, loan }) => core.setWord(object + 8, loan)],
  ["a slot that leads to a page of nothing", INVARIANT_SLOT, ({ core, object }) => core.setWord(object + 8, 0x10000)],
  [
    "a link that leads to an object of another list",
    INVARIANT_LINKS,
    ({ core, object, old }) => core.setWord(object - 8, old),
  ],
  ["a link that leads back", INVARIANT_LINKS, ({ core, object }) => core.setWord(object - 8, object)],
  ["a link back that leads astray", INVARIANT_LINKS, ({ core, object, list }) => core.setWord(object - 4, list)],
  [
    "an object that was taken out of its list",
    INVARIANT_TRACKED,
    ({ core, object }) => {
      const [next, prev] = [core.word(object - 8), core.word(object - 4)];
      core.setWord(prev - 8, next);
      core.setWord(next - 4, prev);
    },
  ],
  [
    "a generation that forgot its objects",
    INVARIANT_TRACKED,
    ({ core }) => {
      const head = (core.controlBlock() >>> 0) + GENERATION_OFFSETS[0];
      core.setWord(head - 8, head);
      core.setWord(head - 4, head);
    },
  ],
  [
    "an unknown type",
    INVARIANT_TYPE_ID,
    ({ core, object }) => core.setWord(object + 4, core.word(object + 4) | 0xfff0),
  ],
  ["an object that claims to be free", INVARIANT_SPAN_COUNTS, ({ core, object }) => core.setWord(object + 4, 0)],
  ["a leaf that claims to have links", INVARIANT_ROOM, ({ core, float }) => core.setWord(float + 4, (1 << 24) | 12)],
  ["a tuple that is longer than its block", INVARIANT_ROOM, ({ core, tuple }) => core.setWord(tuple + 8, 50)],
  ["a tuple that is longer than any", INVARIANT_ROOM, ({ core, tuple }) => core.setWord(tuple + 8, 0xffffffff)],
  ["a string that is longer than its block", INVARIANT_ROOM, ({ core, text }) => core.setWord(text + 8, 1000)],
  ["a string that is longer than any", INVARIANT_ROOM, ({ core, text }) => core.setWord(text + 8, 0xfffffff8)],
  ["an old object of a later birth", INVARIANT_BIRTH, ({ core, old }) => core.setWord(old - 4, 1)],
  [
    "a count of old objects that is wrong",
    INVARIANT_OLD_COUNT,
    ({ core }) => add(core, addressOf(core, "oldCount"), 1),
  ],
  ["a count of frozen objects that is wrong", INVARIANT_FROZEN_COUNT, ({ core }) => set(core, "frozenCount", 0)],
  [
    "more frozen objects than are counted",
    INVARIANT_FROZEN_COUNT,
    ({ core }) => set(core, "frozenUpTo", fieldOf(core, "births")),
  ],
  [
    "garbage without a collection",
    INVARIANT_MARKS,
    ({ core, object }) => toggle(core, object, FLAG_COLLECTING | FLAG_UNREACHABLE),
  ],
  [
    "garbage with a finalizer without a cycle",
    INVARIANT_MARKS,
    ({ core, object }) => toggle(core, object, FLAG_UNREACHABLE),
  ],
  ["a list that is longer than its room", INVARIANT_LIST, ({ core, list }) => core.setWord(list + 12, 50)],
  ["a list with more room than its buffer", INVARIANT_LIST, ({ core, list }) => core.setWord(list + 16, 5000)],
  ["a list whose buffer is an object", INVARIANT_LIST, ({ core, list, object }) => core.setWord(list + 8, object)],
  ["a list with a hole", INVARIANT_REFCOUNT, ({ core, list }) => core.setWord(itemOf(core, list, 0), 0)],
  [
    "a list with a hole that is counted",
    INVARIANT_TUPLE,
    ({ core, list, object }) => (core.setWord(itemOf(core, list, 0), 0), add(core, object, -1)),
  ],
  ["a tuple with a hole", INVARIANT_TUPLE, ({ core, tuple }) => core.setWord(tuple + 12, 0)],
  ["a loan that is not counted", INVARIANT_BUFFER, ({ core }) => set(core, "loans", 0)],
  ["a loan too many", INVARIANT_BUFFER, ({ core }) => set(core, "loans", 2)],
  [
    "a buffer that two lists have",
    INVARIANT_BUFFER,
    ({ core, list }) => {
      const second = core.newList(4) >>> 0;
      core.setWord(second + 8, core.word(list + 8));
    },
  ],
  [
    "a buffer that a list has lost",
    INVARIANT_BUFFER,
    ({ core, list, object }) => {
      for (const offset of [8, 12, 16]) core.setWord(list + offset, 0);
      add(core, object, -1);
    },
  ],
  [
    "a weak reference to something else",
    INVARIANT_WEAKREFS,
    ({ core, weakref, list }) => core.setWord(weakref + 12, list),
  ],
  ["a weak reference that leads to nothing", INVARIANT_WEAKREFS, ({ core, weakref }) => core.setWord(weakref + 12, 8)],
  [
    "a weak reference that is dead, and in a chain",
    INVARIANT_WEAKREFS,
    ({ core, weakref }) => core.setWord(weakref + 12, 0),
  ],
  ["a chain that leads back", INVARIANT_WEAKREFS, ({ core, weakref }) => core.setWord(weakref + 16, weakref)],
  ["a chain that leads astray", INVARIANT_WEAKREFS, ({ core, weakref, list }) => core.setWord(weakref + 16, list)],
  [
    "an object that forgot its weak references",
    INVARIANT_WEAKREFS,
    ({ core, object }) => toggle(core, object, 1 << 17),
  ],
  [
    "an object without weak references that says it has some",
    INVARIANT_WEAKREFS,
    ({ core, other }) => toggle(core, other, 1 << 17),
  ],
  ["a count of weak references that is wrong", INVARIANT_WEAKREFS, ({ core }) => set(core, "weakrefs", 2)],
  ["a table of chains that is full", INVARIANT_WEAKREFS, ({ core }) => set(core, "weakrefMapCapacity", 1)],
  ["a table of chains with another size", INVARIANT_WEAKREFS, ({ core }) => set(core, "weakrefMapSize", 2)],
  ["weak references that nobody is told of", INVARIANT_WEAKREFS, ({ core }) => set(core, "hasHooks", 0)],
  ["a weak map with a wrong size", INVARIANT_WEAKMAP, ({ core, map }) => core.setWord(map + 12, 2)],
  [
    "a weak map that forgot its entries",
    INVARIANT_WEAKMAP,
    ({ core, map }) => (core.setWord(map + 8, 0), core.setWord(map + 12, 0)),
  ],
  ["a weak map that leads astray", INVARIANT_WEAKMAP, ({ core, map, list }) => core.setWord(map + 8, list)],
  ["a weak map that leads out of memory", INVARIANT_WEAKMAP, ({ core, map }) => core.setWord(map + 8, 0xfffffff8)],
  ["a weak map that runs in a circle", INVARIANT_WEAKMAP, ({ core, entry }) => core.setWord(entry + 28, entry)],
  ["an entry of another map", INVARIANT_WEAKMAP, ({ core, entry, object }) => core.setWord(entry + 24, object)],
  ["an entry with another key", INVARIANT_WEAKMAP, ({ core, entry, map }) => core.setWord(entry + 12, map)],
  ["an entry that is held by nobody", INVARIANT_REFCOUNT, ({ core, entry }) => core.setWord(entry, 2)],
  ["a count of entries that is wrong", INVARIANT_WEAKMAP, ({ core }) => set(core, "entryIndexSize", 2)],
  ["a table of keys that is full", INVARIANT_WEAKMAP, ({ core }) => set(core, "entryMapCapacity", 1)],
  [
    "an entry that the index leads past",
    INVARIANT_WEAKMAP,
    ({ core, map }) => {
      const other = core.newWeakMap(0);
      core.weakMapSet(other, map, core.none());
      core.setWord((core.weakMapFind(other, map) >>> 0) + 24, map);
    },
  ],
  ["a table of outside references with another size", INVARIANT_SATURATED, ({ core }) => set(core, "rootsMapSize", 0)],
  [
    "a table of outside references without room",
    INVARIANT_SATURATED,
    ({ core }) => set(core, "rootsMapCapacity", 1 << 30),
  ],
  [
    "a table of outside references that is none",
    INVARIANT_SATURATED,
    ({ core, object }) => set(core, "rootsMapBuffer", object),
  ],
  [
    "outside references that the side table does not count",
    INVARIANT_REFCOUNT,
    ({ core, object }) => core.setWord(object + 4, core.word(object + 4) + (1 << 24)),
  ],
  [
    "an object that is in the side table, and not saturated",
    INVARIANT_SATURATED,
    ({ core, popular }) => core.setWord(popular + 4, core.word(popular + 4) - (1 << 24)),
  ],
  // A key that is not at home, a hash that is another's, an entry that the index does not lead to, a wrong length, …
  [
    "a key of another hash",
    INVARIANT_TABLE,
    ({ core, dict }) => core.setWord(itemOf(core, dict, 0), core.word(itemOf(core, dict, 2))),
  ],
  ["a hash that is another's", INVARIANT_TABLE, ({ core, dict }) => core.setWord(itemOf(core, dict, 10), 77)],
  [
    "an index that leads nowhere",
    INVARIANT_TABLE,
    ({ core, dict }) => core.setWord(itemOf(core, dict, 15), 0xffffffff),
  ],
  [
    "an index that leads beyond the entries",
    INVARIANT_TABLE,
    ({ core, dict }) => core.setWord(itemOf(core, dict, 15), 0x04040404),
  ],
  [
    "an index without an unused cell",
    INVARIANT_TABLE,
    ({ core, dict }) => (core.setWord(itemOf(core, dict, 15), 0x00000000), core.setWord(itemOf(core, dict, 16), 0)),
  ],
  ["a dict with another length", INVARIANT_TABLE, ({ core, dict }) => core.setWord(dict + 16, 1)],
  ["a dict with more room than it has", INVARIANT_TABLE, ({ core, dict }) => core.setWord(dict + 20, 50)],
  ["a dict with more room than there is", INVARIANT_TABLE, ({ core, dict }) => core.setWord(dict + 20, 0xffffffff)],
  ["a dict of half an entry", INVARIANT_TABLE, ({ core, dict }) => core.setWord(itemOf(core, dict, 1), 0)],
  ["a dict whose index is larger than its buffer", INVARIANT_TABLE, ({ core, dict }) => core.setWord(dict + 24, 27)],
  ["a dict without an index", INVARIANT_TABLE, ({ core, dict }) => core.setWord(dict + 24, 0)],
  [
    "a dict that is not tracked and holds what is",
    INVARIANT_UNTRACKED,
    ({ core, atoms, other }) => {
      core.setWord(itemOf(core, atoms, 1), other);
      add(core, other, 1);
    },
  ],
  [
    "an interned string that says it is none",
    INVARIANT_INTERNED,
    ({ core, text }) => toggle(core, text, FLAG_UNREACHABLE),
  ],
  [
    "an interned string with another hash",
    INVARIANT_INTERNED,
    ({ core, text }) => core.setWord(text + 12, core.word(text + 12) ^ 1),
  ],
  [
    "a table of strings that holds something else",
    INVARIANT_INTERNED,
    ({ core, object }) => {
      const at = fieldOf(core, "internBuffer") + 8;
      for (let cell = 0; cell < 16; cell++) if (core.word(at + 8 * cell + 4)) core.setWord(at + 8 * cell + 4, object);
    },
  ],
  ["a count of strings that is wrong", INVARIANT_INTERNED, ({ core }) => set(core, "internSize", 2)],
  [
    "None that is mortal",
    INVARIANT_REFCOUNT,
    ({ core }) => (core.setWord(core.none(), 1), core.setWord(core.none() + 4, 2 + (1 << 24))),
  ],
  ["False that is True", INVARIANT_IMMORTALS, ({ core }) => core.setWord(core.bool(0) + 8, 1)],
  [
    "a small int with another value",
    INVARIANT_IMMORTALS,
    ({ core }) => core.setWord(fieldOf(core, "smallInts") + 8, 3),
  ],
  [
    "an empty tuple that leads to another tuple",
    INVARIANT_IMMORTALS,
    ({ core, tuple }) => set(core, "emptyTuple", tuple),
  ],
  ["gc.garbage that is a dict", INVARIANT_GARBAGE, ({ core, dict }) => set(core, "garbage", dict)],
  ["gc.garbage that leads nowhere", INVARIANT_GARBAGE, ({ core }) => set(core, "garbage", 12)],
  ["pages that are not counted", INVARIANT_PAGES_IN_USE, ({ core }) => add(core, addressOf(core, "pagesInUse"), 1)],
  ["more types than there is room for", INVARIANT_TYPES, ({ core }) => set(core, "typeCount", 65)],
  ["a table of types that lies elsewhere", INVARIANT_TYPES, ({ core, object }) => set(core, "types", object)],
  ["a table of types in an object", INVARIANT_TYPES, ({ core, object }) => set(core, "typesBuffer", object)],
  ...[0, 4, 8, 12, 16, 20].map((offset): Plant => [
    `a type whose word ${offset} is wrong`,
    INVARIANT_TYPES,
    ({ core, object }) =>
      core.setWord(fieldOf(core, "types") + core.typeOf(object) * TYPE_DESCRIPTOR_SIZE + offset, 40),
  ]),
  ...(["version", "enabled", "bounded", "collecting", "hasHooks", "room", "nesting", "phase", "marking"] as const).map(
    (field): Plant => [`a control block with another ${field}`, INVARIANT_CONTROL, ({ core }) => set(core, field, 99)],
  ),
  ["a floor without a hook", INVARIANT_CONTROL, ({ core, object }) => set(core, "dyingFloor", object)],
  ...(["count0", "count1", "count2", "lastStep", "longLivedTotal", "longLivedPending", "cycleCandidates"] as const).map(
    (field): Plant => [`${field} that fell below zero`, INVARIANT_COUNTER, ({ core }) => set(core, field, -1)],
  ),
  ...(["frozenUpTo", "snapshot", "decidedFrozen"] as const).map((field): Plant => [
    `${field} beyond all births`,
    INVARIANT_COUNTER,
    ({ core }) => set(core, field, 1 << 20),
  ]),
  ["a limit of pages that nobody set", INVARIANT_LIMITS, ({ core }) => set(core, "pagesLimit", 12)],
  [
    "a limit of births that does not know of the pages",
    INVARIANT_LIMITS,
    ({ core }) => {
      core.setByteThreshold(1);
      core.newBytes(200_000);
      set(core, "birthsLimit", 700);
    },
  ],
  [
    "a callback whose weak reference is alive",
    INVARIANT_CALLBACKS,
    ({ core, weakref }) => set(core, "callbacksFirst", weakref),
  ],
  ["a callback of something else", INVARIANT_CALLBACKS, ({ core, list }) => set(core, "callbacksFirst", list)],
  ["grey pages that are not counted", INVARIANT_GREY, ({ core }) => set(core, "greyWords", 1)],
  [
    "a page with a grey part that is not among the grey pages",
    INVARIANT_GREY,
    ({ core, object }) => add(core, descriptorOf(core, object >>> 16) + 24, 0x10000000),
  ],
  [
    "garbage with a finalizer that is on no list",
    INVARIANT_PENDING,
    ({ core, object }) => set(core, "pendingChain", object),
  ],
  ["an object in parts without a cycle", INVARIANT_PARTIAL, ({ core, list }) => set(core, "partial", list)],
  ["a stack of dying objects that are alive", INVARIANT_DYING, ({ core, object }) => set(core, "dyingTop", object)],
  ["a queue of dying objects that are alive", INVARIANT_DYING, ({ core, object }) => set(core, "waitingFirst", object)],
  [
    "an object that is dying and waits nowhere",
    INVARIANT_DYING,
    ({ core, tuple }) => {
      const [next, prev] = [core.word(tuple - 8), core.word(tuple - 4)];
      core.setWord(prev - 8, next);
      core.setWord(next - 4, prev);
      core.setWord(tuple - 4, 1);
      core.setWord(tuple, 0);
      core.setWord(tuple + 4, (core.word(tuple + 4) & 0xffff) | FLAG_DYING);
    },
  ],
];

/** Flags that an object with links may have, alone or together. */
const LIFE = [FLAG_TRACKED, FLAG_OLD, FLAG_COLLECTING, FLAG_UNREACHABLE, FLAG_DYING];
const LEGAL = [
  0,
  FLAG_TRACKED,
  FLAG_TRACKED | FLAG_OLD,
  FLAG_TRACKED | FLAG_COLLECTING | FLAG_UNREACHABLE,
  FLAG_TRACKED | FLAG_UNREACHABLE,
  FLAG_DYING,
];
const ILLEGAL = Array.from({ length: 32 }, (_, set) =>
  LIFE.reduce((flags, flag, i) => flags | (set & (1 << i) ? flag : 0), 0),
).filter((flags) => !LEGAL.includes(flags));
const NAMES: Record<number, string> = {
  [FLAG_TRACKED]: "T",
  [FLAG_OLD]: "O",
  [FLAG_COLLECTING]: "C",
  [FLAG_UNREACHABLE]: "U",
  [FLAG_DYING]: "D",
};
const nameOf = (flags: number): string => LIFE.map((flag) => (flags & flag ? NAMES[flag] : "")).join("");

const ILLEGAL_STATES: [name: string, damage: (scene: Scene) => void][] = [
  ...ILLEGAL.map((flags): [string, (scene: Scene) => void] => [
    `the flags ${nameOf(flags)} together`,
    ({ core, object }) =>
      core.setWord(object + 4, (core.word(object + 4) & ~LIFE.reduce((all, flag) => all | flag)) | flags),
  ]),
  ...[FLAG_FINALIZED, FLAG_TRACKED, FLAG_OLD, FLAG_COLLECTING, FLAG_UNREACHABLE, FLAG_DYING].map(
    (flag): [string, (scene: Scene) => void] => [
      `bit ${31 - Math.clz32(flag)} on a float`,
      ({ core, float }) => toggle(core, float, flag),
    ],
  ),
  ["a finalizer that has run on a type without one", ({ core, object }) => toggle(core, object, FLAG_FINALIZED)],
  ["a struct that is not tracked", ({ core, object }) => toggle(core, object, FLAG_TRACKED)],
  ["a young object with the count 0", ({ core, object }) => core.setWord(object, 0)],
  ["a leaf with the count 0", ({ core, float }) => core.setWord(float, 0)],
  ["a dying object with the count 1", ({ core, tuple }) => toggle(core, tuple, FLAG_TRACKED | FLAG_DYING)],
  [
    "more outside references than references",
    ({ core, object }) => core.setWord(object + 4, core.word(object + 4) | (200 << 24)),
  ],
  ["an immortal object without saturated roots", ({ core, object }) => core.setWord(object, IMMORTAL_REFCOUNT)],
  ["an immortal object with another count", ({ core }) => add(core, core.none(), 1)],
  ["a buffer with the count 2", ({ core, list }) => core.setWord(core.word(list + 8), 2)],
  ["a buffer with flags", ({ core, list }) => toggle(core, core.word(list + 8), FLAG_TRACKED)],
];

describe.each(BUILDS)("verify finds planted damage, %s core", (build) => {
  test.each(PLANTS)("%s", (_, invariant, damage) => {
    const scene = sceneOf(build);
    damage(scene);
    expect(describeInvariant(scene.core.verify())).toBe(describeInvariant(invariant));
  });

  test.each(ILLEGAL_STATES)("%s", (_, damage) => {
    const scene = sceneOf(build);
    damage(scene);
    expect(describeInvariant(scene.core.verify())).toBe(describeInvariant(INVARIANT_STATE));
  });

  test("finds an old object with refcount 0 that no cycle has found dead", () => {
    const { core, old } = sceneOf(build);
    core.setWord(old, 0);
    core.setWord(old + 4, core.word(old + 4) & 0xffffff);
    expect(core.verify()).toBe(INVARIANT_REFCOUNT);
  });

  test("reports the address of the damage", () => {
    const { core, object } = sceneOf(build);
    add(core, object, 1);
    core.verify();
    expect(core.verifyAddress() >>> 0).toBe(object);
    add(core, object, -1);
    set(core, "phase", 9);
    core.verify();
    expect(core.verifyAddress() >>> 0).toBe(addressOf(core, "phase"));
  });

  test("changes nothing, whether the heap is damaged or not", () => {
    const { core, object } = sceneOf(build);
    const bytes = (): Buffer => Buffer.from(core.memory.buffer.slice(0));
    core.setWord(object + 8, core.word(object + 8));
    set(core, "verifyAddress", 0);
    const before = bytes();
    core.verify();
    expect(bytes().equals(before)).toBe(true);
    add(core, object, -1);
    core.verify();
    add(core, object, 1);
    set(core, "verifyAddress", 0);
    expect(bytes().equals(before)).toBe(true);
  });
});

/** Runs `look` inside of a hook: once, of the heap that `prepare` makes. */
function insideFinalizer(build: Build, prepare: (core: Core, type: number) => void, look: (core: Core) => void): void {
  let looks = 0;
  const core: Core = startCore(build, {
    finalize: () => {
      if (looks++) return;
      expect(core.verify()).toBe(0);
      look(core);
    },
  });
  prepare(core, core.defineType(8, 2, TYPE_HAS_FINALIZER));
  expect(looks).toBeGreaterThan(0);
}

describe.each(BUILDS)("verify finds damage during operations, %s core", (build) => {
  /** `[None, [1.5, loud]]` dies: two lists are on the stack, the inner one on top. */
  const dropNested = (core: Core, type: number): void => {
    const [outer, inner, loud, float] = [core.newList(2), core.newList(2), core.alloc(type), core.newFloat(1.5)];
    core.listAppend(inner, float);
    core.listAppend(inner, loud);
    core.listAppend(outer, core.none());
    core.listAppend(outer, inner);
    for (const object of [inner, loud, float, outer]) core.decref(object);
  };
  const plantsOnStack: [string, number, (core: Core, top: number) => void][] = [
    ["a stack that ends too soon", INVARIANT_DYING, (core) => set(core, "dyingTop", 0)],
    ["a stack that runs in a circle", INVARIANT_DYING, (core, top) => core.setWord(core.word(top - 8) - 8, top)],
    ["a floor that is not on the stack", INVARIANT_DYING, (core) => set(core, "dyingFloor", core.none())],
    [
      "a dying object that claims to be alive",
      INVARIANT_STATE,
      (core, top) => toggle(core, top, FLAG_DYING | FLAG_TRACKED),
    ],
    ["a dying object with a reference", INVARIANT_STATE, (core, top) => core.setWord(top, 1)],
    ["a dying object with an outside reference", INVARIANT_STATE, (core, top) => toggle(core, top, 1 << 24)],
    ["a dying object that has dropped more than it had", INVARIANT_STATE, (core, top) => core.setWord(top - 4, 9)],
    ["a dying object that has dropped less than it has", INVARIANT_REFCOUNT, (core, top) => core.setWord(top - 4, 0)],
    ["a queue that has what is on the stack", INVARIANT_DYING, (core, top) => set(core, "waitingFirst", top)],
  ];
  test.each(plantsOnStack)("%s", (_, invariant, damage) => {
    insideFinalizer(build, dropNested, (core) => {
      const words = new Uint32Array(core.memory.buffer.slice(0));
      damage(core, fieldOf(core, "dyingTop"));
      expect(describeInvariant(core.verify())).toBe(describeInvariant(invariant));
      new Uint32Array(core.memory.buffer).set(words);
    });
  });

  const plantsOfGarbage: [string, number, (core: Core, object: number) => void][] = [
    [
      "garbage that claims to be young",
      INVARIANT_TRACKED,
      (core, object) => toggle(core, object, FLAG_COLLECTING | FLAG_UNREACHABLE),
    ],
    ["garbage that claims to be pending", INVARIANT_MARKS, (core, object) => toggle(core, object, FLAG_COLLECTING)],
    ["garbage after the collection", INVARIANT_MARKS, (core) => set(core, "collecting", 0)],
  ];
  test.each(plantsOfGarbage)("%s", (_, invariant, damage) => {
    const prepare = (core: Core, type: number): void => {
      for (let i = 0; i < 3; i++) {
        const object = core.alloc(type);
        core.setRef(object, 0, object);
        core.decref(object);
      }
      core.collect(0);
    };
    insideFinalizer(build, prepare, (core) => {
      const words = new Uint32Array(core.memory.buffer.slice(0));
      damage(core, core.unreachableAfter(0) >>> 0);
      expect(describeInvariant(core.verify())).toBe(describeInvariant(invariant));
      new Uint32Array(core.memory.buffer).set(words);
    });
  });

  const plantsInQueue: [string, number, (core: Core, first: number, callback: number) => void][] = [
    ["a queue that ends too soon", INVARIANT_DYING, (core) => set(core, "waitingFirst", 0)],
    ["a queue whose last object is not the last", INVARIANT_DYING, (core, first) => set(core, "waitingLast", first)],
    ["a queue that runs in a circle", INVARIANT_DYING, (core, first) => core.setWord(core.word(first - 8) - 8, first)],
    [
      "a deferred object that has dropped a slot",
      INVARIANT_DYING,
      (core, first) => (core.setWord(first - 4, 1), core.setWord(first + 8, 0)),
    ],
    [
      "a callback chain that ends too soon",
      INVARIANT_CALLBACKS,
      (core, _, last) => set(core, "callbacksLast", last + 8),
    ],
    [
      "a callback chain that runs in a circle",
      INVARIANT_CALLBACKS,
      (core, _, last) => core.setWord(last + 16, fieldOf(core, "callbacksFirst")),
    ],
    ["a callback that has no function", INVARIANT_CALLBACKS, (core, _, last) => core.setWord(last + 8, 0)],
    [
      "a callback that is not held",
      INVARIANT_CALLBACKS,
      (core) => {
        const first = fieldOf(core, "callbacksFirst");
        const other = core.newList(0) >>> 0;
        core.listAppend(other, first);
        core.listAppend(other, first);
        core.setWord(first, 2);
        core.setWord(first + 4, core.word(first + 4) & 0xffffff);
      },
    ],
  ];
  test.each(plantsInQueue)("%s", (_, invariant, damage) => {
    let hasRoom = 1;
    const core = startCore(build, { hasRoom: () => hasRoom });
    const type = core.defineType(8, 2, TYPE_HAS_FINALIZER);
    const [first, second, float] = [core.alloc(type), core.alloc(type), core.newFloat(1.5)];
    for (const id of [1, 2]) core.newWeakref(float, id);
    hasRoom = 0;
    for (const object of [first, second, float]) core.decref(object);
    expect(core.waiting()).toBe(2);
    expect(core.verify()).toBe(0);
    damage(core, first >>> 0, fieldOf(core, "callbacksLast"));
    expect(describeInvariant(core.verify())).toBe(describeInvariant(invariant));
  });
});

describe.each(BUILDS)("verify finds damage in a bounded cycle, %s core", (build) => {
  /** A heap whose cycle has come to a phase, with a large list, garbage, and garbage with finalizers. */
  function inPhase(
    phase: number,
    isThere: (core: Core, alive: number) => boolean = () => true,
  ): { core: Core; alive: number; dead: number } {
    const core = startCore(build);
    core.setBounded(1);
    const plain = core.defineType(8, 2, 0);
    const loud = core.defineType(8, 2, TYPE_HAS_FINALIZER);
    const alive = core.alloc(plain) >>> 0;
    const large = core.newList(2000);
    for (let i = 0; i < 2000; i++) core.listAppend(large, alive);
    const garbage = [plain, loud, loud].map((type) => core.alloc(type));
    for (const object of garbage) core.setRef(object, 0, object);
    const list = core.newList(2000);
    for (let i = 0; i < 2000; i++) core.listAppend(list, list);
    core.collect(1); // They become old, so that it takes a cycle to find them.
    for (const object of [...garbage, list]) core.decref(object);
    const dead = (garbage[0] as number) >>> 0;
    core.setThresholds(1_000_000, 0, 0);
    for (let i = 0; i < 100_000; i++) {
      core.step(1);
      if (core.phase() !== phase || !isThere(core, alive)) continue;
      expect(core.verify()).toBe(0);
      return { core, alive, dead };
    }
    throw new Error(`no cycle came to phase ${phase}`);
  }
  /** Of the marked bits, or of the scanned ones, which lie behind those of a page: assembly/memory/bits.ts. */
  function toggleBit(core: Core, object: number, distance: number): void {
    const part = core.word((core.controlBlock() >>> 0) + BITMAPS_OFFSET + 4 * (object >>> (16 + BITMAPS_SHIFT)));
    const page = (object >>> 16) & (2 ** BITMAPS_SHIFT - 1);
    const at = part + page * 2 * SCANNED_DISTANCE + distance + ((object & 0xffff) >>> 8) * 4;
    core.setWord(at, core.word(at) ^ (1 << ((object >>> 3) & 31)));
  }
  const isPartial = (core: Core): boolean => fieldOf(core, "partial") !== 0;
  const plants: [string, number, () => Core][] = [
    [
      "a barrier that is off",
      INVARIANT_CONTROL,
      () => {
        const { core } = inPhase(PHASE_WALKING);
        set(core, "marking", 0);
        return core;
      },
    ],
    [
      "a walk beyond the heap",
      INVARIANT_PLACE,
      () => {
        const { core } = inPhase(PHASE_WALKING);
        set(core, "walkPage", 0x10000);
        return core;
      },
    ],
    [
      "a cursor in front of the walk",
      INVARIANT_PLACE,
      () => {
        const { core } = inPhase(PHASE_WALKING);
        set(core, "cursor", 8);
        return core;
      },
    ],
    [
      "a mark stack beyond its end",
      INVARIANT_PLACE,
      () => {
        const { core } = inPhase(PHASE_WALKING);
        set(core, "markTop", fieldOf(core, "markStack") + 4100);
        return core;
      },
    ],
    [
      "a grey page beyond the heap",
      INVARIANT_PLACE,
      () => {
        const { core } = inPhase(PHASE_WALKING);
        set(core, "greyCursor", 0xffff0000);
        return core;
      },
    ],
    [
      "an object in parts that is a buffer",
      INVARIANT_PARTIAL,
      () => {
        const { core } = inPhase(PHASE_WALKING, isPartial);
        set(core, "partial", core.word(fieldOf(core, "partial") + 8));
        return core;
      },
    ],
    [
      "a stage that there is not",
      INVARIANT_PARTIAL,
      () => {
        const { core } = inPhase(PHASE_WALKING, isPartial);
        set(core, "partialStage", 3);
        return core;
      },
    ],
    [
      "an object that is swept in parts and alive",
      INVARIANT_PARTIAL,
      () => {
        const { core, alive } = inPhase(PHASE_SWEEPING, isPartial);
        set(core, "partial", alive);
        return core;
      },
    ],
    [
      "an object that is swept beyond its end",
      INVARIANT_PARTIAL,
      () => {
        const { core } = inPhase(PHASE_SWEEPING, isPartial);
        set(core, "partialSlot", 1 << 20);
        return core;
      },
    ],
    [
      "pending garbage whose next is none",
      INVARIANT_PENDING,
      () => {
        const { core, alive } = inPhase(PHASE_MARKING_PENDING);
        set(core, "pendingAt", alive);
        return core;
      },
    ],
    [
      "pending garbage that no list has",
      INVARIANT_TRACKED,
      () => {
        const { core } = inPhase(PHASE_MARKING_PENDING);
        const head = (core.controlBlock() >>> 0) + GENERATION_OFFSETS[0] + 4 * 8;
        core.setWord(head - 8, head);
        core.setWord(head - 4, head);
        return core;
      },
    ],
    [
      "a root that the walk has passed and not marked",
      INVARIANT_SNAPSHOT,
      () => {
        const { core, alive } = inPhase(PHASE_WALKING, (there, root) => fieldOf(there, "cursor") > root);
        toggleBit(core, alive, 0);
        return core;
      },
    ],
    [
      "an object that is scanned and not marked",
      INVARIANT_SNAPSHOT,
      () => {
        const { core, dead } = inPhase(PHASE_WALKING);
        toggleBit(core, dead, SCANNED_DISTANCE);
        return core;
      },
    ],
    [
      "something alive that refers to the dead",
      INVARIANT_DEAD,
      () => {
        const { core, alive, dead } = inPhase(PHASE_SWEEPING);
        core.setWord(alive + 8, dead);
        add(core, dead, 1);
        return core;
      },
    ],
    [
      "something dead that is held from outside",
      INVARIANT_DEAD,
      () => {
        const { core, dead } = inPhase(PHASE_GATHERING);
        add(core, dead, 1);
        add(core, dead + 4, 1 << 24);
        return core;
      },
    ],
  ];
  test.each(plants)("%s", (_, invariant, prepare) => {
    expect(describeInvariant(prepare().verify())).toBe(describeInvariant(invariant));
  });
});

test("every invariant has a number and a sentence", () => {
  const numbers = Object.values(invariants);
  expect(new Set(numbers).size).toBe(numbers.length);
  const sentences = numbers.map((code) => describeInvariant(code));
  expect(new Set(sentences).size).toBe(sentences.length);
  expect(sentences.filter((sentence) => sentence.startsWith("unknown"))).toEqual([]);
});

describe("the checked build names the likely cause", () => {
  const cases: [string, RegExp, (core: Core, object: number) => void][] = [
    [
      "use after free",
      /not the address of a live object/,
      (core, object) => (core.decref(object), core.incref(object)),
    ],
    ["a pointer into an object", /not the address of a live object/, (core, object) => core.incref(object + 8)],
    ["a slot out of range", /slot out of range/, (core, object) => core.setRef(object, 2, 0)],
    ["an unknown type", /unknown type/, (core) => core.alloc(999)],
    [
      "a write past the end",
      /written past its end/,
      (core, object) => (core.setWord(object + 16, 1), core.decref(object)),
    ],
    [
      "a decref too many",
      /no outside reference/,
      (core, object) => {
        const holder = core.alloc(core.typeOf(object));
        core.setRef(holder, 0, object);
        core.decref(object);
        core.decref(object);
      },
    ],
    [
      "a write to freed memory",
      /freed object was written/,
      (core, object) => {
        const type = core.typeOf(object);
        core.decref(object);
        core.setWord(object + 8, 42);
        core.alloc(type);
      },
    ],
  ];
  test.each(cases)("%s", (_, message, misuse) => {
    const core = startCore("checked");
    const object = core.alloc(core.defineType(8, 2, 0));
    expect(() => misuse(core, object)).toThrow(message);
  });
});
