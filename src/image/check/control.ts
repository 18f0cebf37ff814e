import {
  FIRST_USER_TYPE,
  IMMORTAL_REFCOUNT,
  MAX_TYPES,
  SMALL_INT_MAX,
  SMALL_INT_MIN,
  TUPLE_LENGTH_OFFSET,
  TYPE_BOOL,
  TYPE_DESCRIPTOR_SIZE,
  TYPE_INT,
  TYPE_LIST,
  TYPE_MASK,
  TYPE_NONE,
  TYPE_TUPLE,
  VALUE_OFFSET,
} from "../../../assembly/layout.js";
import { FIRST_TYPES, MAX_BIRTHS } from "../../wasm/core-layout.js";
import type { ControlField } from "../../wasm/control-fields.js";
import type { Image } from "../image.js";
import type { Population } from "./population.js";

/** Checks the control block: each address in it refers to an object of the right type. @throws {@link BadImageError} */
export function checkControl(image: Image, population: Population): void {
  const { control } = image;
  const fail = (field: ControlField): never => {
    throw image.error("CTRL", `the control block has a wrong ${field}`);
  };
  for (const field of ["enabled", "clearsAllWeakrefs", "hasHooks"] as const) if (control[field] > 1) fail(field);
  for (const field of ["count0", "count1", "count2"] as const) if (control[field] < 0) fail(field);
  if (control.hasHooks === 0 && image.types.some(({ hasFinalizer }) => hasFinalizer)) fail("hasHooks");
  if (control.births > MAX_BIRTHS) fail("births");
  if (control.frozenUpTo > control.births) fail("frozenUpTo");

  const isImmortal = (address: number, type: number): boolean =>
    population.find(address) >= 0 &&
    image.word(address) === IMMORTAL_REFCOUNT &&
    (image.word(address + 4) & TYPE_MASK) === type;
  const isValue = (address: number, type: number, value: number): boolean =>
    isImmortal(address, type) &&
    image.word(address + VALUE_OFFSET) === value >>> 0 &&
    image.word(address + VALUE_OFFSET + 4) === (value < 0 ? 0xffffffff : 0);
  if (!isValue(control.none, TYPE_NONE, 0)) fail("none");
  if (!isValue(control.falseObject, TYPE_BOOL, 0)) fail("falseObject");
  if (!isValue(control.trueObject, TYPE_BOOL, 1)) fail("trueObject");
  // The small ints lie in consecutive blocks.
  if (population.find(control.smallInts) < 0) fail("smallInts");
  const step = image.runAt(control.smallInts).blockSize;
  for (let value = SMALL_INT_MIN; value <= SMALL_INT_MAX; value++)
    if (!isValue(control.smallInts + (value - SMALL_INT_MIN) * step, TYPE_INT, value)) fail("smallInts");
  if (!isImmortal(control.emptyTuple, TYPE_TUPLE) || image.word(control.emptyTuple + TUPLE_LENGTH_OFFSET) !== 0)
    fail("emptyTuple");
  const { garbage } = control;
  if (garbage !== 0 && (population.find(garbage) < 0 || (image.word(garbage + 4) & TYPE_MASK) !== TYPE_LIST))
    fail("garbage");

  /** Checks a table of `capacity` entries, each of `bytes` bytes, in a buffer. */
  const checkTable = (buffer: ControlField, capacity: ControlField, bytes: number): void => {
    const address = control[buffer];
    const count = control[capacity];
    if ((count & (count - 1)) !== 0 || (count !== 0 && (count < 8 || address === 0))) fail(capacity);
    if (address === 0) return;
    if (!population.claimBuffer(address)) fail(buffer);
    if (count * bytes > image.room(image.runAt(address))) fail(capacity);
  };
  checkTable("rootsMapBuffer", "rootsMapCapacity", 8);
  checkTable("weakrefMapBuffer", "weakrefMapCapacity", 8);
  checkTable("entryMapBuffer", "entryMapCapacity", 8);
  checkTable("entryIndexBuffer", "entryIndexCapacity", 8);
  checkTable("internBuffer", "internCapacity", 8);
  if (control.typeCount !== FIRST_USER_TYPE + image.plans.length) fail("typeCount");
  const { typeCapacity } = control;
  if (typeCapacity < Math.max(FIRST_TYPES, control.typeCount) || typeCapacity > MAX_TYPES) fail("typeCapacity");
  if ((typeCapacity & (typeCapacity - 1)) !== 0) fail("typeCapacity");
  // The first table lies in front of the pages, hence in no buffer.
  if ((typeCapacity === FIRST_TYPES) !== (control.typesBuffer === 0)) fail("typesBuffer");
  if (control.typesBuffer !== 0 && !population.claimBuffer(control.typesBuffer)) fail("typesBuffer");
  if (control.typesBuffer !== 0 && typeCapacity * TYPE_DESCRIPTOR_SIZE > image.room(image.runAt(control.typesBuffer)))
    fail("typeCapacity");
}
