// Mistakes to plant: how objects die, one by one and in bulk. See core.mjs.

const death = "assembly/death/death.ts";
const fast = "assembly/death/fast.ts";
const bulk = "assembly/death/bulk.ts";

export default [
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
    file: "assembly/death/struct.ts",
    find: "  setNext(dead, top);\n  shade(dead);",
    replace: "  setNext(dead, top);",
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
    file: "assembly/death/leaf.ts",
    find: "  if (info & FLAG_INTERNED && typeIdOf(leaf) == TYPE_STR) forgetInterned(leaf);",
    replace: "",
  },
  {
    name: "death: only the first entry of a dying weak map goes",
    file: death,
    find: "    const entry = firstEntry(top);\n    if (entry) return dropEntry(entry);\n  } else {",
    replace: "    const entry = firstEntry(top);\n    if (entry) dropEntry(entry);\n  } else {",
  },
  {
    name: "death: a struct that waits for a child passes over the slot behind it",
    file: death,
    find: "      const rest = firstHeld(slot + 4, structEnd(dead, type));",
    replace: "      const rest = firstHeld(slot + 8, structEnd(dead, type));",
  },
  {
    name: "death: the last slot of a struct that waits is left",
    file: death,
    find: "      const rest = dropped ? firstHeld(dropped + 4, end) : 0;",
    replace: "      const rest = dropped ? firstHeld(dropped + 4, end - 4) : 0;",
  },
  {
    name: "death: the count of births less deaths goes below 0",
    file: "assembly/death/end.ts",
    find: "  if (count > 0) control.count0 = count - 1;",
    replace: "  control.count0 = count - 1;",
  },
  {
    name: "death: only what its finalizer lets die is known to be finalized",
    file: death,
    find: "  setFlag(object, FLAG_FINALIZED);\n  return dies;",
    replace: "  if (dies) setFlag(object, FLAG_FINALIZED);\n  return dies;",
  },
  {
    name: "death: an object that was deferred is still dying when its finalizer runs",
    file: death,
    find: "  setInfo(object, infoOf(object) & ~(SATURATED | FLAG_DYING));",
    replace: "  setInfo(object, infoOf(object) & ~SATURATED);",
  },
  {
    name: "death: a slice drops all slots of a container at once",
    file: death,
    find: "  for (; left > 0 && cursor != end && !dead; left--) {",
    replace: "  for (; cursor != end && !dead; left--) {",
  },
  {
    name: "death: the first item of a list is left",
    file: death,
    find: "  return dropsLastFirst(type) ? cursor != 0 : cursor < slotCount(object, type);",
    replace: "  return dropsLastFirst(type) ? cursor > 1 : cursor < slotCount(object, type);",
  },
  {
    name: "death: the buffer of a dying container stays",
    file: "assembly/death/end.ts",
    find: "  if (typeIdOf(object) == TYPE_WEAKREF) endWeakref(object);\n  freeBuffer(object, type);",
    replace: "  if (typeIdOf(object) == TYPE_WEAKREF) endWeakref(object);",
  },
  {
    name: "death: a container that dies while it is scanned in parts goes on being scanned",
    file: "assembly/death/end.ts",
    find: "  freeBuffer(object, type);\n  if (object == <usize>control.partial) control.partial = 0;",
    replace: "  freeBuffer(object, type);",
  },
  {
    name: "death: a container of the host's own counts as a death without a birth",
    file: "assembly/death/end.ts",
    find: "  if (hasBuffer(type) && hasFlag(object, FLAG_DETACHED)) freeBlock(object);\n  else freeObject(object);",
    replace: "  freeObject(object);",
  },
  {
    name: "death: the function of a callback that will not be called is kept",
    file: "assembly/death/end.ts",
    find: "  const id = callbackOf(weakref);\n  if (id) forgetCallback(id);",
    replace: "  callbackOf(weakref);",
  },
  {
    name: "death: what was deferred goes on before the deaths on the stack",
    file: death,
    find: "    const dead: usize = control.dyingTop == control.dyingFloor ? takeDeferred() : 0;",
    replace: "    const dead: usize = takeDeferred();",
  },
  {
    name: "death: a death believes what the last one knew of the host's stack",
    file: death,
    find: "  startActivation();\n  goOn(object, slot, control.dyingTop);",
    replace: "  goOn(object, slot, control.dyingTop);",
  },
  {
    name: "death: a weak map that is cleared believes what the last death knew of the host's stack",
    file: "assembly/death/entries.ts",
    find: "  startActivation();\n  const floor = control.dyingTop;",
    replace: "  const floor = control.dyingTop;",
  },
  {
    name: "death: an object with weak references takes the short way",
    file: fast,
    find: "const KNOWN: u32 = FLAG_TRACKED | FLAG_OLD | FLAG_HAS_WEAKREFS | FLAG_DYING;",
    replace: "const KNOWN: u32 = FLAG_TRACKED | FLAG_OLD | FLAG_DYING;",
  },
  {
    name: "death: a reference from outside goes without the barrier",
    file: fast,
    find: "  } else if (info >= SATURATED || control.marking) dropOneOfMany(object);",
    replace: "  } else if (info >= SATURATED) dropOneOfMany(object);",
  },
  {
    name: "death: a struct that takes the short way is not counted",
    file: fast,
    find: "        countDeath();\n        return;",
    replace: "        return;",
  },
  {
    name: "death: a struct that takes the short way stays in its generation",
    file: fast,
    find: "        remove(object);\n",
    replace: "",
  },
  {
    name: "bulk: silent garbage drops what is in it as if it lived on",
    file: bulk,
    find: "      if (!child || infoOf(child) & FLAG_COLLECTING || !dropSlot(child)) continue;",
    replace: "      if (!child || !dropSlot(child)) continue;",
  },
  {
    name: "bulk: an interned string among the garbage stays in the table",
    file: bulk,
    find: "    if (info & FLAG_INTERNED && (info & TYPE_MASK) == TYPE_STR) forgetInterned(object);\n",
    replace: "",
  },
  {
    name: "bulk: the objects of a run that dies as a whole stay counted as old",
    file: bulk,
    find: "      old += (info / FLAG_OLD) & 1;\n      if (isLarge) {",
    replace: "      if (!isWhole) old += (info / FLAG_OLD) & 1;\n      if (isLarge) {",
  },
  {
    name: "bulk: what large garbage holds is not dropped",
    file: bulk,
    find: "      dropMarked(allSlots(object, type), allSlotsEnd(object, type), first, unmarkedBytes);",
    replace: "      if (!isLarge) dropMarked(allSlots(object, type), allSlotsEnd(object, type), first, unmarkedBytes);",
  },
  {
    name: "bulk: a block behind the first word of the bitmap is left out",
    file: bulk,
    find: "    block += <usize>popcnt(here) * size;",
    replace: "    block += (<usize>popcnt(here) + 1) * size;",
  },
  {
    name: "bulk: in a run with marks, references to the run itself are not dropped",
    file: bulk,
    find: "  const unmarkedBytes: usize = isUnmarked ? end - first : 0;",
    replace: "  const unmarkedBytes: usize = end - first;",
  },
  {
    name: "bulk: a garbage container keeps its buffer",
    file: bulk,
    find: "      if (!isPlain(type)) freeBuffer(object, type);\n      if (info",
    replace: "      if (info",
  },
];
