// Mistakes to plant: marking, grey pages and the barrier. See core.mjs.

const pass = "assembly/collect/mark/pass.ts";
const scan = "assembly/collect/mark/scan.ts";
const barrier = "assembly/heap/barrier.ts";
const mark = "assembly/collect/mark/mark.ts";
const grey = "assembly/heap/grey.ts";
const count = "assembly/heap/count.ts";

export default [
  {
    name: "marking: an overflow of the stack is forgotten",
    file: pass,
    find: "            for (let entry = top - bytes; entry < top; entry += 4) noteGrey(load<u32>(entry));\n",
    replace: "",
  },
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
    find: "top += (<u32>(child - at >= met - at)) << 2;",
    replace: "top += (<u32>(child - at > met - at)) << 2;",
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
    name: "marking: pages of leaves are skipped although leaves may be keys",
    file: pass,
    find: "  return !entryCount() && pageOf(object).kind == BLOCK_LEAF;",
    replace: "  return pageOf(object).kind == BLOCK_LEAF;",
  },
  {
    name: "marking: what stands in the same word behind an object scanned in parts is passed over",
    file: pass,
    find: "          store<u64>(word, scanned & ~grey, SCANNED);",
    replace: "          store<u64>(word, scanned, SCANNED);",
  },
  {
    name: "marking: a grey page that has gone meanwhile is scanned",
    file: pass,
    find: "  const end = isThere ? endOfBits(start, state) : start;\n  const at = isThere ? scanWords(control.greyCursor & ~511, end, end) : end;",
    replace: "  const end = endOfBits(start, state);\n  const at = scanWords(control.greyCursor & ~511, end, end);",
  },
  {
    name: "marking: what is on the stack is scanned although its page has gone",
    file: mark,
    find: "  if (!isMarked(object)) return;\n",
    replace: "",
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
    find: "  store<u64>(at, rest);",
    replace: "  store<u64>(at, pages);",
  },
  {
    name: "marking: grey pages beyond 256 MiB are looked for below",
    file: grey,
    find: "  const sum = WORD_BITS + ((page >>> 12) << 3);",
    replace: "  const sum = WORD_BITS;",
  },
  {
    name: "marking: the sums of grey pages outlive a marking that was given up",
    file: grey,
    find: "  memory.fill(GREY_PAGES, 0, PAGE_BITS + WORD_BITS_SIZE);",
    replace: "  memory.fill(GREY_PAGES, 0, PAGE_BITS);",
  },
  {
    name: "barrier: the first object that grows old after the snapshot is one of it",
    file: barrier,
    find: "  return (info & FLAG_OLD) != 0 && birthOf(object) < control.snapshot;",
    replace: "  return (info & FLAG_OLD) != 0 && birthOf(object) <= control.snapshot;",
  },
  {
    name: "barrier: what becomes young while it is scanned in parts goes on being scanned",
    file: barrier,
    find: "  if (object == <usize>control.partial && control.partialStage == PART_SLOTS) control.partial = 0;\n}\n\n/** An object that was",
    replace: "}\n\n/** An object that was",
  },
  {
    name: "barrier: what becomes young is shaded without what it holds",
    file: barrier,
    find: "    const child = load<u32>(slot);\n    if (child) reach(child);\n  }\n  // Nothing",
    replace: "    load<u32>(slot);\n  }\n  // Nothing",
  },
  {
    name: "barrier: an object that is to be scanned anew counts as scanned",
    file: barrier,
    find: "  control.partial = 0;\n  clearScanned(object);",
    replace: "  control.partial = 0;",
  },
  {
    name: "barrier: what is referred to weakly after the decision is not marked",
    file: barrier,
    find: "  else if (control.phase >= <u32>PHASE_GATHERING) mark(object);\n",
    replace: "",
  },
  {
    name: "barrier: what was frozen after its page was passed is dead",
    file: barrier,
    find: "  return isOfSnapshot(object, info) && birthOf(object) >= control.decidedFrozen && !isMarked(object);",
    replace: "  return isOfSnapshot(object, info) && !isMarked(object);",
  },
  {
    name: "barrier: leaves that frozen objects hold are gone",
    file: barrier,
    find: "  if (!(info & FLAG_TRACKED)) return decided && control.decidedFrozen < control.snapshot && !isMarked(object);",
    replace: "  if (!(info & FLAG_TRACKED)) return decided && !isMarked(object);",
  },
  {
    name: "barrier: of two slots that change places only the first is looked at",
    file: barrier,
    find: "  else if (b < point && a >= point) shadeSlot(a);\n",
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
  {
    name: "barrier: what gets a reference from outside is not shaded",
    file: count,
    find: "  shade(object);\n  // Word by word",
    replace: "  // Word by word",
  },
];
