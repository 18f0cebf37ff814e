// Mistakes to plant: marking, grey pages and the barrier. See core.mjs.

const pass = "assembly/collect/mark/pass.ts";
const scan = "assembly/collect/mark/scan.ts";
const barrier = "assembly/heap/barrier.ts";
const mark = "assembly/collect/mark/mark.ts";
const grey = "assembly/heap/grey.ts";
const count = "assembly/heap/count.ts";

export default [
  {
    name: "marking: reached objects that the stack has no room for are forgotten",
    file: barrier,
    find: "    noteGrey(object);\n    return;",
    replace: "    return;",
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
  {
    name: "marking: the first object of the page behind a grey one is forgotten",
    file: pass,
    find: "top += (isNew & (<u32>(child - at >= met - at))) << 2;",
    replace: "top += (isNew & (<u32>(child - at > met - at))) << 2;",
  },
  {
    name: "marking: an object that has its bit in the same word as its parent is forgotten",
    file: pass,
    find: "if (child - at < 512) marked |= maskOf(child);",
    replace: "if (child - at < 512) mark(child);",
  },
  {
    name: "marking: of a row of neighbours the last word is not written",
    file: barrier,
    find: "  if (window) store<u64>(word, bits);\n}",
    replace: "}",
  },
  {
    name: "marking: an object behind the cursor is marked like those ahead of it",
    file: barrier,
    find: "      if (window < cursor) {",
    replace: "      if (window + 512 < cursor) {",
  },
  {
    name: "marking: the last roots of a page are left out",
    file: pass,
    find: "  for (; object < end; object += size) markRoot(object);\n",
    replace: "",
  },
  {
    name: "marking: the stack is full only when it is more than full",
    file: pass,
    find: "          if (top + bytes > limit) {",
    replace: "          if (top > limit) {",
  },
  {
    name: "marking: dying objects are no roots",
    file: pass,
    find: "const ROOT: u32 = (ROOTS_SATURATED << ROOTS_SHIFT) | FLAG_DYING;",
    replace: "const ROOT: u32 = ROOTS_SATURATED << ROOTS_SHIFT;",
  },
  {
    name: "marking: frozen objects are no roots",
    file: pass,
    find: "  if (control.frozenUpTo) markFrozen(first, size, end);\n",
    replace: "",
  },
  {
    name: "marking: what stands in the same word behind an object scanned in parts is passed over",
    file: pass,
    find: "          store<u64>(word, scanned & ~grey, SCANNED);",
    replace: "          store<u64>(word, scanned, SCANNED);",
  },
  {
    name: "marking: the slots of an object that a cycle is to finalize are not scanned",
    file: scan,
    find: "  if ((info & (FLAG_TRACKED | FLAG_UNREACHABLE)) == FLAG_TRACKED && !isOfSnapshot(object, info)) return;",
    replace: "  if (info & FLAG_TRACKED && !isOfSnapshot(object, info)) return;",
  },
  {
    name: "marking: a key of weak maps is not scanned itself",
    file: scan,
    find: "  control.partial = 0;\n  scanOwn(key, infoOf(key));",
    replace: "  control.partial = 0;",
  },
  {
    name: "marking: a weak map reaches the entries of all keys",
    file: scan,
    find: "    if (isMarked(keyOf(entry))) reach(entry);",
    replace: "    reach(entry);",
  },
  {
    name: "marking: slots that a dying object has dropped are scanned",
    file: scan,
    find: "  const held = max(start, slotsOf(object, type));",
    replace: "  const held = start;",
  },
  {
    name: "marking: only the first part of a weak map's entries is looked at",
    file: scan,
    find: "  control.partialEntry = <u32>entry;\n  if (!entry) control.partial = 0;",
    replace: "  control.partialEntry = <u32>entry;\n  control.partial = 0;",
  },
  {
    name: "marking: a page of grey objects stays grey for ever after it was taken with others",
    file: grey,
    find: "  const rest = load<u64>(at) & ~((<u64>1) << (number & 63));",
    replace: "  const rest = load<u64>(at);",
  },
  {
    name: "barrier: the first object that grows old after the snapshot is one of it",
    file: barrier,
    find: "  return (info & FLAG_OLD) != 0 && birthOf(object) < control.snapshot;",
    replace: "  return (info & FLAG_OLD) != 0 && birthOf(object) <= control.snapshot;",
  },
  {
    name: "barrier: an object that is to be scanned anew counts as scanned",
    file: barrier,
    find: "  control.partial = 0;\n  clearScanned(object);",
    replace: "  control.partial = 0;",
  },
  {
    name: "barrier: what was frozen after its page was passed is dead",
    file: barrier,
    find: "  return isOfSnapshot(object, info) && birthOf(object) >= control.decidedFrozen && !isMarked(object);",
    replace: "  return isOfSnapshot(object, info) && !isMarked(object);",
  },
  {
    name: "barrier: of two slots that change places none is looked at",
    file: barrier,
    find: "  if (low < point && high >= point) shadeSlot(high);\n",
    replace: "",
  },
  {
    name: "barrier: a container may be put in another order while it is scanned in parts",
    file: barrier,
    find: "  control.partialIsAtomic = 0;\n  shadeSlots(object);",
    replace: "  control.partialIsAtomic = 0;",
  },
  {
    name: "barrier: slots that move down past the scan point are not shaded",
    file: barrier,
    find: "  for (let slot = max(from, point); slot < end; slot += 4) shadeSlot(slot);\n",
    replace: "",
  },
  {
    name: "barrier: the last slot that passes the scan point is not shaded",
    file: barrier,
    find: "  for (let slot = max(from, point); slot < end; slot += 4) shadeSlot(slot);",
    replace: "  for (let slot = max(from, point); slot + 4 < end; slot += 4) shadeSlot(slot);",
  },
  {
    name: "barrier: what loses the reference of a slot is not shaded",
    file: count,
    find: "  if (count == 1) return true;\n  shade(object);\n  return false;",
    replace: "  return count == 1;",
  },
];
