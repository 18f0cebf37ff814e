// Mistakes in what a cycle does in parts: grey parts of pages, the mark stack, the pace of steps.

const grey = "assembly/heap/grey.ts";
const drain = "assembly/collect/mark/drain.ts";
const pace = "assembly/collect/cycle/pace.ts";
const scan = "assembly/collect/mark/scan.ts";
const pass = "assembly/collect/mark/pass.ts";

export default [
  {
    name: "marking: an overflow of the stack is forgotten",
    file: grey,
    find: "  for (let at = stack; at < kept; at += 4) noteGrey(load<u32>(at));\n",
    replace: "",
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
    name: "marking: what is on the stack is scanned although its page has gone",
    file: drain,
    find: "    if (!isMarked(object)) continue;\n",
    replace: "",
  },
  {
    name: "marking: pages of leaves are skipped although leaves may be keys",
    file: grey,
    find: "  return !control.entryIndexSize && pageOf(object).kind == BLOCK_LEAF;",
    replace: "  return pageOf(object).kind == BLOCK_LEAF;",
  },
  {
    name: "marking: grey pages beyond 256 MiB are looked for below",
    file: grey,
    find: "  control.greyWords++;\n  const sum = WORD_BITS + ((number >>> 12) << 3);",
    replace: "  control.greyWords++;\n  const sum = WORD_BITS;",
  },
  {
    name: "marking: grey parts outlive a marking that was given up",
    file: grey,
    find: "  while (takeGreyPart());\n",
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
    find: "  setUnitsPerBirth(control.isHurried ? max<u64>(needed, control.unitsPerBirth - 1) : needed);",
    replace: "",
  },
  {
    name: "pace: the slots of a large object count as work of the pages that were walked",
    file: "assembly/collect/mark/mark.ts",
    find: "  control.phaseWork += <i64>(before - control.work);\n",
    replace: "",
  },
  {
    name: "pace: what is left of a large object is no work",
    file: scan,
    find: "? <u64>(slots - control.partialSlot) * slotUnits() : 0;",
    replace: "? 0 : 0;",
  },
];
