// Mistakes to plant: the cycle of bounded pauses, and the end of garbage that hooks are about. See core.mjs.

const sweeping = "assembly/death/sweeping.ts";
const gcRefs = "assembly/collect/gc-refs.ts";
const pending = "assembly/collect/cycle/pending.ts";
const teardown = "assembly/collect/teardown.ts";
const cycle = "assembly/collect/cycle/cycle.ts";
const walk = "assembly/collect/cycle/walk.ts";
const pace = "assembly/collect/cycle/pace.ts";

export default [
  {
    name: "cycle: what has a finalizer is not marked itself",
    file: pending,
    find: "    mark(object);\n    scanSlots(object);",
    replace: "    scanSlots(object);",
  },
  {
    name: "cycle: finalizers run in address order",
    file: pending,
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
  {
    name: "cycle: what is young when marking begins is forgotten",
    file: cycle,
    find: "  if (!isEmpty(GENERATION_1) || !isEmpty(GENERATION_0)) return;",
    replace: "  if (!isEmpty(GENERATION_1)) return;",
  },
  {
    name: "cycle: the last of the pages that are cleared at once keeps its marks",
    file: cycle,
    find: "  clearBits(number, pages);",
    replace: "  clearBits(number, pages - 1);",
  },
  {
    name: "cycle: what the last cycle collected counts again",
    file: cycle,
    find: "  control.cycleCandidates = control.cycleCollected = control.cycleFreed = 0;",
    replace: "  control.cycleCandidates = control.cycleFreed = 0;",
  },
  {
    name: "cycle: what became old before a cycle counts towards the next",
    file: cycle,
    find: "  startLongLived();\n  startPace();",
    replace: "  startPace();",
  },
  {
    name: "cycle: an event of a cycle may start a collection",
    file: cycle,
    find: "  control.collecting = 1;\n  tell(event, 2, collected);",
    replace: "  tell(event, 2, collected);",
  },
  {
    name: "cycle: a cycle that is given up goes on marking an object in parts",
    file: cycle,
    find: "    control.marking = control.partial = 0;",
    replace: "    control.marking = 0;",
  },
  {
    name: "cycle: a cycle that has decided is given up",
    file: cycle,
    find: "  if (control.phase < <u32>PHASE_GATHERING) {",
    replace: "  if (control.phase <= <u32>PHASE_GATHERING) {",
  },
  {
    name: "cycle: what is frozen when it is decided who is dead is not noted",
    file: cycle,
    find: "  control.decidedFrozen = control.frozenUpTo;",
    replace: "  control.decidedFrozen = 0;",
  },
  {
    name: "cycle: objects to be finalized are on no list between two steps",
    file: cycle,
    find: "    control.cycleWork -= <i64>control.work;\n    sortPending();",
    replace: "    control.cycleWork -= <i64>control.work;",
  },
  {
    name: "cycle: a step runs inside another",
    file: cycle,
    find: "  if (control.collecting) return false;\n",
    replace: "",
  },
  {
    name: "cycle: a step believes what the last death knew of the host's stack",
    file: cycle,
    find: "  startActivation();\n  if (!canRunHooks()) return false;",
    replace: "  if (!canRunHooks()) return false;",
  },
  {
    name: "cycle: what ends all that waits believes what the last death knew of the host's stack",
    file: cycle,
    find: "  startActivation();\n  while (",
    replace: "  while (",
  },
  {
    name: "collection: it believes what the last death knew of the host's stack",
    file: "assembly/collect/collect.ts",
    find: "  startActivation();\n",
    replace: "",
  },
  {
    name: "cycle: a hook in a step may start a collection",
    file: cycle,
    find: "  if (!canRunHooks()) return false;\n  control.collecting = 1;",
    replace: "  if (!canRunHooks()) return false;",
  },
  {
    name: "cycle: garbage in gc.garbage goes on as garbage",
    file: pending,
    find: "  mark(object);\n  control.cycleCollected++;",
    replace: "  control.cycleCollected++;",
  },
  {
    name: "cycle: a callback meets objects that are on no list",
    file: pending,
    find: "  sortPending();\n  for (let weakref",
    replace: "  for (let weakref",
  },
  {
    name: "cycle: what is to be finalized is still counted as old",
    file: pending,
    find: "  uncountOld(object);\n",
    replace: "",
  },
  {
    name: "cycle: an object to be finalized overtakes one that is scanned in parts",
    file: pending,
    find: "  if (!control.partial && <usize>control.pendingAt != PENDING) {",
    replace: "  if (<usize>control.pendingAt != PENDING) {",
  },
  {
    name: "cycle: finalizers run again in the next cycle",
    file: pending,
    find: "  moveTo(2, object);\n  setFlag(object, FLAG_FINALIZED);",
    replace: "  moveTo(2, object);",
  },
  {
    name: "cycle: what its finalizer lets go of stays",
    file: pending,
    find: "  if (finalize(object)) kill(object);",
    replace: "  finalize(object);",
  },
  {
    name: "cycle: weak references that die of their callback in a cycle are not counted",
    file: pending,
    find: "  control.cycleCollected += callEach(first);",
    replace: "  callEach(first);",
  },
  {
    name: "cycle: a visit that is not done is not made again",
    file: walk,
    find: "      if (!sweep(dead)) return dead;",
    replace: "      if (!sweep(dead)) return dead + 8;",
  },
  {
    name: "cycle: the dead behind a visit that runs hooks are passed over",
    file: walk,
    find: "        if (gather(dead)) return dead + 8;",
    replace: "        if (gather(dead)) return (dead | 511) + 1;",
  },
  {
    name: "cycle: an object that needs a visit is passed over among plain structs",
    file: walk,
    find: "    if (!sweep(at)) return at;\n    at += size;",
    replace: "    at += size;",
  },
  {
    name: "cycle: plain garbage behind the visited struct is freed before its visit",
    file: "assembly/death/sweep-structs.ts",
    find: "        } else if (child < dead) {",
    replace: "        } else {",
  },
  {
    name: "cycle: a large object is visited again after it has been swept in parts",
    file: sweeping,
    find: "  control.cursor = <u32>object + 8;\n",
    replace: "",
  },
  {
    name: "cycle: a weak reference that is swept stays in the chain of its referent",
    file: sweeping,
    find: "    if (typeIdOf(object) == TYPE_WEAKREF) endWeakref(object);\n",
    replace: "",
  },
  {
    name: "cycle: a swept entry keeps the reference of its key and map",
    file: sweeping,
    find: "  unlinkEntry(entry);\n  dropSlot(entry);\n}",
    replace: "  unlinkEntry(entry);\n}",
  },
  {
    name: "cycle: the last slots of a large object are swept twice",
    file: sweeping,
    find: "  const to = min(from + PART, slots);",
    replace: "  const to = from + PART;",
  },
  {
    name: "cycle: what garbage alone held, and is none, stays",
    file: sweeping,
    find: "  } else if (isPlainLeaf(info, type)) freeBlock(object);\n  else if (hasLinks(type)) defer(object);",
    replace: "  } else if (isPlainLeaf(info, type)) freeBlock(object);\n  else if (hasLinks(type)) return;",
  },
  {
    name: "cycle: the pace never rises, however late the cycle is",
    file: pace,
    find: "  control.cycleBirths += births;\n",
    replace: "",
  },
  {
    name: "cycle: a cycle does not learn from the last one",
    file: pace,
    find: "  control.lastGarbage = control.cycleCollected;\n",
    replace: "",
  },
  {
    name: "collection: garbage is not held while its slots are cleared",
    file: teardown,
    find: "    hold(object);\n    if (control.debug & DEBUG_SAVEALL && control.garbage) appendItem(control.garbage, object);\n    else clearSlots(object);\n    if (unhold(object)) kill(object);",
    replace:
      "    if (control.debug & DEBUG_SAVEALL && control.garbage) appendItem(control.garbage, object);\n    else clearSlots(object);",
  },
  {
    name: "collection: weak references among the garbage can be read by finalizers although all are to be cleared",
    file: teardown,
    find: "    if (control.clearsAllWeakrefs && typeIdOf(object) == TYPE_WEAKREF) detach(object);\n",
    replace: "",
  },
  {
    name: "collection: weak references that were called go to a generation that is younger than the survivors'",
    file: teardown,
    find: "min<i32>(generation + 1, 2)",
    replace: "generation",
  },
  {
    name: "collection: weak references that died of their callback end the list of those to be called",
    file: teardown,
    find: "    last = lastOfChain(chain);",
    replace: "    last = chain;",
  },
  {
    name: "collection: an object of generation 1 forgets what earlier ones explained of its references",
    file: gcRefs,
    find: "    if (!(prevOf(object) & KNOWN)) setPrev(object, gcRefsOf(object));",
    replace: "    setPrev(object, gcRefsOf(object));",
  },
  {
    name: "collection: an entry of generation 1 counts as held by its key and map from outside",
    file: gcRefs,
    find: "      if (isYoung(infoOf(keyOf(object))) || isYoung(infoOf(mapOf(object)))) setPrev(object, prevOf(object) - ONE_REF);\n",
    replace: "",
  },
  {
    name: "collection: a pair with one reference is passed over as empty",
    file: gcRefs,
    find: "load<u64>(object, PAYLOAD_OFFSET) == 0;",
    replace: "load<u32>(object, PAYLOAD_OFFSET) == 0;",
  },
];
