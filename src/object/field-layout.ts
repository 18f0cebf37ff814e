import { PAYLOAD_OFFSET } from "../../assembly/layout.js";
import { BadFieldError, describe } from "../base/errors.js";
import { RAW_CODECS, isSlotType } from "./fields.js";
import type { FieldType, Fields, RawCodec, RawFieldType } from "./fields.js";

/** Where a field lies: slots come first, then raw fields by size, so nothing is padded. */
export interface FieldLayout {
  readonly name: string;
  readonly type: FieldType;
  /** Bytes from the object's address. */
  readonly offset: number;
  /** Of a reference: its slot. */
  readonly slot: number;
  /** Of a raw field. */
  readonly codec: RawCodec | undefined;
}

export interface StructPlan {
  readonly layouts: ReadonlyMap<string, FieldLayout>;
  readonly slots: number;
  /** Bytes of payload. */
  readonly bytes: number;
}

/**
 * Finds a place for each field, inherited ones (which may get another) and new ones: references first, then raw fields, none of them padded more than it must.
 *
 * @throws {@link BadFieldError} for a reserved name or an unknown type.
 */
export function placeFields(
  fields: Fields,
  inherited: ReadonlyMap<string, FieldLayout>,
  reserved: ReadonlySet<string>,
): StructPlan {
  for (const [name, type] of Object.entries(fields)) {
    checkField(name, type, reserved);
    if (inherited.has(name)) throw new BadFieldError(`field ${describe(name)} is inherited already`);
  }
  const entries: [string, FieldType][] = Array.from(inherited.values(), ({ name, type }) => [name, type]);
  entries.push(...Object.entries(fields));
  const placed = new Map<string, FieldLayout>();
  const isSlot = ([, type]: [string, FieldType]): boolean => isSlotType(type);
  const slots = entries.filter(isSlot);
  slots.forEach(([name, type], slot) => {
    placed.set(name, { name, type, offset: PAYLOAD_OFFSET + 4 * slot, slot, codec: undefined });
  });
  let offset = PAYLOAD_OFFSET + 4 * slots.length;
  const raw = entries
    .filter((entry) => !isSlot(entry))
    .map(([name, type]) => ({ name, type, codec: RAW_CODECS[type as RawFieldType] }));
  const wide = raw.filter(({ codec }) => codec.size === 8);
  const narrow = raw.filter(({ codec }) => codec.size < 8).sort((a, b) => b.codec.size - a.codec.size);
  const place = ({ name, type, codec }: (typeof raw)[number]): void => {
    placed.set(name, { name, type, offset, slot: -1, codec });
    offset += codec.size;
  };
  // An odd number of slots leaves four bytes in front of the wide fields: narrow ones that fit go there.
  if (wide.length > 0) {
    while (offset % 8 !== 0) {
      const fits = narrow.findIndex(({ codec }) => codec.size <= 8 - (offset % 8) && offset % codec.size === 0);
      if (fits < 0) break;
      narrow.splice(fits, 1).forEach(place);
    }
    offset = (offset + 7) & ~7;
    wide.forEach(place);
  }
  narrow.forEach(place);
  // In the order of definition, wherever they have come to lie.
  const layouts = new Map(entries.map(([name]) => [name, placed.get(name) as FieldLayout]));
  return { layouts, slots: slots.length, bytes: offset - PAYLOAD_OFFSET };
}

function checkField(name: string, type: unknown, reserved: ReadonlySet<string>): void {
  if (name === "" || reserved.has(name)) throw new BadFieldError(`a field cannot be called ${describe(name)}`);
  if (!isSlotType(type) && !(typeof type === "string" && Object.hasOwn(RAW_CODECS, type))) {
    throw new BadFieldError(`field ${describe(name)} has an unknown type: ${describe(type)}`);
  }
}
