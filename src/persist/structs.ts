import { FIRST_USER_TYPE } from "../../assembly/layout.js";
import type { StructLayout } from "../handles/struct-layout.js";
import type { TypePlan, TypeRecord } from "../image/meta.js";
import type { Store } from "../state/store.js";

/** All structs of a heap, by their ids. */
export function structsOf(store: Store): StructLayout[] {
  const structs: StructLayout[] = [];
  for (let id = FIRST_USER_TYPE, info = store.types.get(id); info !== undefined; info = store.types.get(++id))
    structs.push(info as StructLayout);
  return structs;
}

/** A struct, as an image has it. */
export function recordOf({ name, base, hasFinalizer, fields }: StructLayout): TypeRecord {
  return {
    name,
    base: base?.name ?? null,
    hasFinalizer,
    fields: Array.from(fields.values(), (field) => [field.name, field.text, field.offset]),
  };
}

/** As much of a plan as the shape of a type needs. */
export function planOf(struct: StructLayout): TypePlan {
  return {
    layouts: struct.fields,
    slots: struct.slots,
    bytes: struct.bytes,
    record: recordOf(struct),
    base: undefined,
  };
}
