import { FIRST_USER_TYPE } from "../../assembly/layout.js";
import type { StructLayout } from "../handles/struct-layout.js";
import type { TypePlan, TypeRecord } from "../image/meta.js";
import type { Store } from "../state/store.js";

/** All structs of a heap, ordered by id. */
export function structsOf(store: Store): StructLayout[] {
  const structs: StructLayout[] = [];
  for (let id = FIRST_USER_TYPE, info = store.types.get(id); info !== undefined; info = store.types.get(++id))
    structs.push(info as StructLayout);
  return structs;
}

/** A struct, as the image stores it. */
export function recordOf({ name, base, hasFinalizer, fields }: StructLayout): TypeRecord {
  return {
    name,
    base: base?.name ?? null,
    hasFinalizer,
    fields: Array.from(fields.values(), (field) => [field.name, field.text, field.offset]),
  };
}

/** The part of a plan that determines the shape of the type. */
export function planOf(struct: StructLayout): TypePlan {
  return {
    layouts: struct.fields,
    slots: struct.slots,
    bytes: struct.bytes,
    record: recordOf(struct),
    base: undefined,
  };
}
