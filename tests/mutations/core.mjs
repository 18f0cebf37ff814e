// Mistakes to plant in the core: `npm run mutate` says which of them the tests notice. A mistake is a text that stands
// exactly once in a file of assembly/, and what is there instead.

/** Test files, in the order in which they are asked: those that notice most in the least time first. */
export const STAGES = [
  [
    "tests/core/death",
    "tests/core/collection",
    "tests/core/weak",
    "tests/core/silent",
    "tests/core/verify",
    "tests/bounded/hooks",
  ],
  ["tests/cpython", "tests/bounded/steps", "tests/regression", "tests/hooks"],
  ["tests/stress/re-entrancy", "tests/oracle/gc", "tests/scaling"],
  ["tests/bounded/hiding", "tests/model/random-programs", "tests/model/moving"],
];

export default [
  {
    name: "death: a finalizer runs at each death of a resurrected object",
    file: "assembly/death/death.ts",
    find: "  if (hasFinalizer(type) && !hasFlag(object, FLAG_FINALIZED) && !diesAfterFinalizer(object)) return false;",
    replace: "  if (hasFinalizer(type) && !diesAfterFinalizer(object)) return false;",
  },
  {
    name: "death: slots are not shaded before a finalizer runs",
    file: "assembly/death/death.ts",
    find: "  shadeSlots(object);\n  if (hasFlag(object, FLAG_TRACKED)) untrack(object);",
    replace: "  if (hasFlag(object, FLAG_TRACKED)) untrack(object);",
  },
  {
    name: "death: the nesting of hooks is not counted",
    file: "assembly/death/death.ts",
    find: "function enterHook(): void {\n  control.nesting++;",
    replace: "function enterHook(): void {\n  control.nesting = 1;",
  },
  {
    name: "death: weak references are cleared after the slots are dropped by nobody",
    file: "assembly/death/death.ts",
    find: "  if (hasFlag(object, FLAG_HAS_WEAKREFS)) {\n    setNext(object, 0);\n    tellWeakrefs(object);\n  }\n  return true;",
    replace: "  return true;",
  },
  {
    name: "hooks: callbacks are not held while they are called",
    file: "assembly/weak/reference.ts",
    find: "    if (callbackOf(weakref) && refcountOf(weakref) && !isDead(weakref)) {\n      hold(weakref);",
    replace: "    if (callbackOf(weakref) && refcountOf(weakref) && !isDead(weakref)) {",
  },
  {
    name: "marking: an overflow of the stack is forgotten",
    file: "assembly/collect/mark/pass.ts",
    find: "            control.markOverflow = 1;",
    replace: "            control.markOverflow = 0;",
  },
  {
    name: "marking: dying objects are no roots",
    file: "assembly/collect/mark/pass.ts",
    find: "const ROOT: u32 = (ROOTS_SATURATED << ROOTS_SHIFT) | FLAG_DYING;",
    replace: "const ROOT: u32 = (ROOTS_SATURATED << ROOTS_SHIFT);",
  },
  {
    name: "marking: a part of a large object is left out",
    file: "assembly/collect/mark/scan.ts",
    find: "  control.partialSlot += PART;\n",
    replace: "  control.partialSlot += PART + 1;\n",
  },
  {
    name: "weak maps: an entry is reached by its key alone",
    file: "assembly/collect/mark/scan.ts",
    find: "    if (isMarked(mapOf(entry))) reach(entry);",
    replace: "    reach(entry);",
  },
  {
    name: "weak maps: a young collection subtracts an entry's reference only when its key is young",
    file: "assembly/collect/young.ts",
    find: "      if (isCollecting(keyOf(object)) || isCollecting(mapOf(object))) setPrev(object, prevOf(object) - 1);",
    replace: "      if (isCollecting(keyOf(object))) setPrev(object, prevOf(object) - 1);",
  },
  {
    name: "weak maps: an entry that is unlinked is still counted",
    file: "assembly/weak/map.ts",
    find: "  store<u32>(map + WEAKMAP_SIZE_OFFSET, load<u32>(map + WEAKMAP_SIZE_OFFSET) - 1);",
    replace: "",
  },
  {
    name: "sweeping: what one dead object holds of another is not dropped",
    file: "assembly/collect/cycle/visit.ts",
    find: "      if (child < object) reclaim(child, type);",
    replace: "      if (child <= object) reclaim(child, type);",
  },
];
