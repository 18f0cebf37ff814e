// Mistakes to plant in the core: `npm run mutate` says which of them the tests notice. A mistake is a text that stands
// exactly once in a file of assembly/, and what is there instead.

/** Test files, in the order in which they are asked: those that notice most in the least time first. */
export const STAGES = [
  ["tests/core/death", "tests/core/collection", "tests/core/weak", "tests/core/silent", "tests/core/verify"],
  ["tests/hooks", "tests/bounded/hooks", "tests/bounded/steps", "tests/regression/core", "tests/regression/bounded"],
  ["tests/bounded/cursor", "tests/bounded/pace"],
  ["tests/cpython", "tests/stress/re-entrancy", "tests/scaling/marking", "tests/scaling/death", "tests/scaling/weak"],
  ["tests/oracle/gc", "tests/bounded/hiding", "tests/model/random-programs", "tests/model/moving"],
];

const death = "assembly/death/death.ts";
const struct = "assembly/death/struct.ts";
const leaf = "assembly/death/leaf.ts";
const hooks = "assembly/death/hooks.ts";
const sweeping = "assembly/death/sweeping.ts";
const grey = "assembly/heap/grey.ts";
const drain = "assembly/collect/mark/drain.ts";
const pace = "assembly/collect/cycle/pace.ts";
const pass = "assembly/collect/mark/pass.ts";
const scan = "assembly/collect/mark/scan.ts";
const map = "assembly/weak/map.ts";
const reference = "assembly/weak/reference.ts";
const barrier = "assembly/heap/barrier.ts";
const sparing = "assembly/collect/cycle/sparing.ts";
const teardown = "assembly/collect/teardown.ts";

export default [
  // ---- Death
  {
    name: "death: a finalizer runs at each death of an object that was resurrected",
    file: death,
    find: "  if (hasFinalizer(type) && !(info & FLAG_FINALIZED)) {",
    replace: "  if (hasFinalizer(type)) {",
  },
  {
    name: "death: what an object holds is not shaded before its finalizer runs",
    file: death,
    find: "  shadeSlots(object);\n  if (hasFlag(object, FLAG_TRACKED)) untrack(object);",
    replace: "  if (hasFlag(object, FLAG_TRACKED)) untrack(object);",
  },
  {
    name: "death: a struct that waits for a child is not shaded",
    file: struct,
    find: "  setNext(dead, top);\n  shade(dead);",
    replace: "  setNext(dead, top);",
  },
  {
    name: "death: weak references of a dying leaf read it until it is gone",
    file: leaf,
    find: "  setInfo(leaf, (info & ~SATURATED) | FLAG_DYING);",
    replace: "  setInfo(leaf, info & ~SATURATED);",
  },
  {
    name: "death: the floor of the outer death is ignored",
    file: death,
    find: "    if (top == floor || budget <= 0) break;",
    replace: "    if (!top || budget <= 0) break;",
  },
  {
    name: "death: a slice goes on without end",
    file: death,
    find: "const DEATH_SLICE: i32 = 1000;",
    replace: "const DEATH_SLICE: i32 = i32.MAX_VALUE;",
  },
  {
    name: "death: an interned string stays in the table",
    file: leaf,
    find: "  if (info & FLAG_INTERNED && typeIdOf(leaf) == TYPE_STR) forgetInterned(leaf);",
    replace: "",
  },
  {
    name: "death: only the first entry of a dying weak map goes",
    file: death,
    find: "    const entry = firstEntry(top);\n    if (entry) return dropEntry(entry);\n  } else {",
    replace: "    const entry = firstEntry(top);\n    if (entry) dropEntry(entry);\n  } else {",
  },
  // ---- Hooks
  {
    name: "hooks: an object is not held while its finalizer runs",
    file: hooks,
    find: "  hold(object);\n  const floor = enterHook();",
    replace: "  const floor = enterHook();",
  },
  {
    name: "hooks: any number may run inside each other",
    file: hooks,
    find: "  if (control.nesting >= MAX_NESTING) return false;",
    replace: "",
  },
  {
    name: "hooks: what a hook starts may go on with deaths below it",
    file: hooks,
    find: "  control.dyingFloor = control.dyingTop;",
    replace: "",
  },
  {
    name: "hooks: deferred objects are not roots of a cycle that marks",
    file: hooks,
    find: "  shade(object);\n  setNext(object, 0);",
    replace: "  setNext(object, 0);",
  },
  {
    name: "hooks: the last deferred object is lost",
    file: hooks,
    find: "  if (control.waitingFirst) setNext(control.waitingLast, object);",
    replace: "  if (control.waitingFirst) setNext(control.waitingFirst, object);",
  },
  {
    name: "hooks: the births to come do not go on with what is deferred",
    file: hooks,
    find: "  control.waitingLast = <u32>object;\n  seeToWaiting();",
    replace: "  control.waitingLast = <u32>object;",
  },
  // ---- Marking
  {
    name: "marking: an overflow of the stack is forgotten",
    file: grey,
    find: "  for (let at = stack; at < kept; at += 4) noteGrey(load<u32>(at));\n",
    replace: "",
  },
  {
    name: "marking: objects that are reached from afar are forgotten while much is noted",
    file: barrier,
    find: "    noteGrey(object);\n    return;",
    replace: "    return;",
  },
  {
    name: "marking: objects on the stack that are far are forgotten while much is noted",
    file: drain,
    find: "      noteGrey(object);\n",
    replace: "",
  },
  {
    name: "marking: the first grey part of a page is taken for all of them",
    file: grey,
    find: "  page.grey = <u8>(page.grey & ~((<u32>1) << part));",
    replace: "  page.grey = 0;",
  },
  {
    name: "marking: a page that was scanned halfway is scanned past what is there now",
    file: pass,
    find: "  if (at >= end) return end;\n",
    replace: "",
  },
  {
    name: "pace: a step does all that is due",
    file: pace,
    find: "  const units = min(max<i64>(MIN_STEP, due), STEP_UNITS);",
    replace: "  const units = max<i64>(MIN_STEP, due);",
  },
  {
    name: "pace: what is left of a phase does not raise it",
    file: pace,
    find: "  if (needed > control.unitsPerBirth) setUnitsPerBirth(needed);",
    replace: "",
  },
  {
    name: "marking: a slot between two parts of a large object is left out",
    file: scan,
    find: "  control.partialSlot += PART;\n",
    replace: "  control.partialSlot += PART + 1;\n",
  },
  {
    name: "marking: what moves in front of the scan point is not shaded",
    file: barrier,
    find: "    ? firstSlot(object, typeOf(object)) + ((<usize>control.partialSlot) << 2)",
    replace: "    ? firstSlot(object, typeOf(object))",
  },
  {
    name: "marking: what gets a reference from outside is shaded only when it is old",
    file: barrier,
    find: "  if ((infoOf(object) & (FLAG_TRACKED | FLAG_OLD | FLAG_HAS_WEAKREFS)) != FLAG_TRACKED) reach(object);",
    replace: "  if ((infoOf(object) & (FLAG_TRACKED | FLAG_OLD)) == (FLAG_TRACKED | FLAG_OLD)) reach(object);",
  },
  {
    name: "marking: a large dict of atoms and one list is untracked",
    file: scan,
    find: "  if (control.partialIsAtomic && !isAtomicPart(object, held, end)) control.partialIsAtomic = 0;",
    replace: "  control.partialIsAtomic = isAtomicPart(object, held, end) ? 1 : 0;",
  },
  // ---- Cycles
  {
    name: "cycle: what has a finalizer is not marked itself",
    file: sparing,
    find: "    mark(object);\n    scanSlots(object);",
    replace: "    scanSlots(object);",
  },
  {
    name: "cycle: finalizers run in address order",
    file: sparing,
    find: "appendChain(PENDING, sortChain(chain))",
    replace: "appendChain(PENDING, chain)",
  },
  {
    name: "cycle: garbage behind the visited object is freed before its visit",
    file: sweeping,
    find: "    if (object < visited) freeShell(object, type);",
    replace: "    freeShell(object, type);",
  },
  {
    name: "cycle: a large object is swept up to its second part",
    file: sweeping,
    find: "  if (to < slots) return;",
    replace: "  if (to < slots && from == 0) return;",
  },
  {
    name: "collection: an object that a callback let die is counted as alive",
    file: teardown,
    find: "    if (nextOf(unreachable) != object) continue; // it died",
    replace: "",
  },
  {
    name: "collection: weak references to what is found again stay alive",
    file: teardown,
    find: "    for (let weakref = firstWeakref(object); weakref; weakref = firstWeakref(object)) detach(weakref);",
    replace: "",
  },
  // ---- Weak maps and references
  {
    name: "weak maps: an entry is reached by its key alone",
    file: scan,
    find: "    if (isMarked(mapOf(entry))) reach(entry);",
    replace: "    reach(entry);",
  },
  {
    name: "weak maps: a marking that stands at an entry that goes is lost",
    file: map,
    find: "  if (entry == <usize>control.partialEntry && control.partial && control.partialStage != PART_SLOTS) passEntry(entry);",
    replace: "",
  },
  {
    name: "weak maps: an entry that goes is still counted",
    file: map,
    find: "  store<u32>(map + WEAKMAP_SIZE_OFFSET, sizeOfMap(map) - 1);",
    replace: "",
  },
  {
    name: "weak maps: the index finds an entry of any key",
    file: map,
    find: "(mapOf(valueOf(cell)) != map || keyOf(valueOf(cell)) != key)",
    replace: "mapOf(valueOf(cell)) != map",
  },
  {
    name: "weak maps: listings show entries whose key is dying",
    file: map,
    find: "  return !isGone(key) && ",
    replace: "  return ",
  },
  {
    name: "weak references: callbacks of dying weak references are called",
    file: reference,
    find: "    if (!hasCallback || isGone(weakref) ||",
    replace: "    if (!hasCallback ||",
  },
  {
    name: "weak references: an object that a finalizer is about to see again can be read",
    file: barrier,
    find: "  if (info & FLAG_UNREACHABLE) return !(info & FLAG_COLLECTING);",
    replace: "  if (info & FLAG_UNREACHABLE) return false;",
  },
];
