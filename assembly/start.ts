// Starting an empty heap: page space, size classes, built-in types, immortals, generations. It takes 256 KiB of memory:
// two pages below the heap for static areas and first tables, and two pages with 266 immortals.

import {
  DEFAULT_THRESHOLD_0,
  DEFAULT_THRESHOLD_1,
  DEFAULT_THRESHOLD_2,
  FIRST_USER_TYPE,
  KIND_LEAF,
  KIND_LIST,
  KIND_TABLE,
  KIND_STRUCT,
  KIND_TUPLE,
  KIND_WEAKMAP,
  TYPE_DESCRIPTOR_SIZE,
  TYPE_DICT,
  TYPE_FLOAT,
  TYPE_FROZENSET,
  TYPE_HAS_LINKS,
  TYPE_LIST,
  TYPE_SET,
  TYPE_TUPLE,
  TYPE_VARIABLE_SIZE,
  TYPE_EPHEMERON,
  TYPE_WEAKMAP,
  TYPE_WEAKREF,
  TYPE_WEAKSET,
} from "./layout";
import { startPages } from "./memory/growth";
import { startClasses } from "./memory/span-lists";
import { BOOTSTRAP_SIZE } from "./memory/tables";
import { FINALIZED, GENERATION_0, GENERATION_1, LAYOUT_VERSION, PENDING, UNREACHABLE, control } from "./control";
import { clearList } from "./object/links";
import { createImmortals } from "./values/atoms";
import { addType } from "./heap/birth";
import { MARK_STACK_WORDS } from "./heap/barrier";

const FIRST_TYPES: u32 = 64;
const RESERVED: u32 = FIRST_TYPES * TYPE_DESCRIPTOR_SIZE + (MARK_STACK_WORDS << 2);

/** Starts an empty heap in `[base, limit)`. False = not enough memory. */
export function startHeap(base: usize, limit: usize): bool {
  base = (base + 7) & ~7;
  control.version = LAYOUT_VERSION;
  if (!startPages(base, limit, RESERVED)) return false;
  startClasses();
  control.types = <u32>base + BOOTSTRAP_SIZE;
  control.typeCapacity = FIRST_TYPES;
  control.markStack = control.types + FIRST_TYPES * TYPE_DESCRIPTOR_SIZE;
  clearList(GENERATION_0);
  clearList(GENERATION_1);
  clearList(UNREACHABLE);
  clearList(FINALIZED);
  clearList(PENDING);
  control.enabled = 1;
  control.threshold0 = DEFAULT_THRESHOLD_0;
  control.threshold1 = DEFAULT_THRESHOLD_1;
  control.threshold2 = DEFAULT_THRESHOLD_2;
  control.birthsLimit = DEFAULT_THRESHOLD_0;
  control.pagesLimit = u32.MAX_VALUE;
  addBuiltinTypes();
  return createImmortals();
}

/** Adds the built-in types in the order of their ids in layout.ts. Id 0 is the type of free blocks. */
function addBuiltinTypes(): void {
  control.typeCount = 0;
  for (let id: u32 = 0; id < <u32>FIRST_USER_TYPE; id++) {
    if (id == TYPE_LIST) addType(12, 0, KIND_LIST, TYPE_HAS_LINKS);
    else if (id == TYPE_TUPLE) addType(0, 0, KIND_TUPLE, TYPE_HAS_LINKS | TYPE_VARIABLE_SIZE);
    else if (id == TYPE_DICT || id == TYPE_SET) addType(24, 0, KIND_TABLE, TYPE_HAS_LINKS);
    else if (id == TYPE_FROZENSET) addType(32, 0, KIND_TABLE, TYPE_HAS_LINKS);
    else if (id == TYPE_WEAKREF) addType(16, 0, KIND_LEAF, TYPE_HAS_LINKS);
    else if (id == TYPE_WEAKMAP || id == TYPE_WEAKSET) addType(8, 0, KIND_WEAKMAP, TYPE_HAS_LINKS);
    else if (id == TYPE_EPHEMERON) addType(28, 1, KIND_STRUCT, TYPE_HAS_LINKS);
    else if (id > 1 && id <= <u32>TYPE_FLOAT) addType(8, 0, KIND_LEAF, 0);
    else addType(0, 0, KIND_LEAF, TYPE_VARIABLE_SIZE);
  }
}
