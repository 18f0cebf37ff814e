// Mistakes in the proof that a young list has no cycle, and in how young generations are split.

export default [
  {
    name: "young: a reference to the object itself counts for nothing",
    file: "assembly/collect/direction.ts",
    find: "if (child == <u32>object) return BOTH;",
    replace: "if (child == <u32>object) return 0;",
  },
  {
    name: "young: both ways are no hindrance",
    file: "assembly/collect/direction.ts",
    find: "    if (ways == BOTH) break;",
    replace: "    if (ways == BOTH) ways = TO_OLDER;",
  },
  {
    name: "young: an entry is a struct like others",
    file: "assembly/collect/direction.ts",
    find: "return id == TYPE_TUPLE || id == TYPE_EPHEMERON;",
    replace: "return id == TYPE_TUPLE;",
  },
  {
    name: "young: a tuple is a container like others",
    file: "assembly/collect/direction.ts",
    find: "return id == TYPE_TUPLE || id == TYPE_EPHEMERON;",
    replace: "return id == TYPE_EPHEMERON;",
  },
  {
    name: "young: marks stay when the proof fails",
    file: "assembly/collect/direction.ts",
    find: "clearFlag(marked, FLAG_COLLECTING);",
    replace: "clearFlag(marked, 0);",
  },
  {
    name: "young: marks stay on survivors of generation 0",
    file: "assembly/collect/collect.ts",
    find: "    else clearMarks(list);",
    replace: "    else clearMarks(UNREACHABLE);",
  },
  {
    name: "young: only the first slot of a pair is looked at",
    file: "assembly/collect/direction.ts",
    find: "ways |= wayTo(<u32>pair, object) | wayTo(<u32>(pair >>> 32), object);",
    replace: "ways |= wayTo(<u32>pair, object);",
  },
  {
    name: "young: objects that became old by the proof are not counted as pending",
    file: "assembly/collect/collect.ts",
    find: "if (generation) countUnexamined(promoteAll(list));",
    replace: "if (generation) promoteAll(list);",
  },
];
