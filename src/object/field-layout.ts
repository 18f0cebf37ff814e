import { PAYLOAD_OFFSET } from "../../assembly/layout.js";
import { BadFieldError, describe } from "../base/errors.js";
import { didYouMean } from "../base/suggest.js";
import type { FieldEntry, FieldSource } from "./field-types.js";
import { RAW_CODECS } from "./fields.js";
import type { FieldType, RawCodec, RawFieldType } from "./fields.js";

/** Where a field lies: slots come first, then raw fields by size, so nothing is padded. */
export interface FieldLayout {
  readonly name: string;
  /** Of a field whose type is a getter, this runs the getter, once. @throws {@link BadFieldError} */
  readonly type: FieldType;
  /** The type as an image has it, what it requires included. */
  readonly text: string;
  /** Bytes from the object's address. */
  readonly offset: number;
  /** Of a reference: its slot. */
  readonly slot: number;
  /** Of a raw field. */
  readonly codec: RawCodec | undefined;
  /** Of a reference: where its type is to be had. */
  readonly source: FieldSource | undefined;
}

/** A field that is a reference. */
class SlotLayout implements FieldLayout {
  readonly codec = undefined;
  readonly offset: number;

  constructor(
    readonly name: string,
    readonly source: FieldSource,
    readonly slot: number,
  ) {
    this.offset = PAYLOAD_OFFSET + 4 * slot;
  }

  get type(): FieldType {
    return this.source.spec.kind;
  }
  get text(): string {
    return this.source.text;
  }
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
 * @throws {@link BadFieldError} for a reserved name.
 */
export function placeFields(
  fields: readonly FieldEntry[],
  inherited: ReadonlyMap<string, FieldLayout>,
  reserved: ReadonlySet<PropertyKey>,
): StructPlan {
  for (const [name] of fields) {
    if (name === "") throw new BadFieldError(`a field cannot be called ""`);
    if (reserved.has(name))
      throw new BadFieldError(`a field cannot be called ${describe(name)}: handles have a member of that name`);
    if (inherited.has(name)) throw new BadFieldError(`field ${describe(name)} is inherited already`);
  }
  const entries = Array.from(inherited.values(), (field): FieldEntry => [
    field.name,
    field.source ?? (field.type as RawFieldType),
  ]);
  entries.push(...fields);
  const placed = new Map<string, FieldLayout>();
  const raw: { name: string; type: RawFieldType; codec: RawCodec }[] = [];
  let slots = 0;
  for (const [name, type] of entries) {
    if (typeof type === "string") raw.push({ name, type, codec: RAW_CODECS[type] });
    else placed.set(name, new SlotLayout(name, type, slots++));
  }
  let offset = PAYLOAD_OFFSET + 4 * slots;
  const wide = raw.filter(({ codec }) => codec.size === 8);
  const narrow = raw.filter(({ codec }) => codec.size < 8).sort((a, b) => b.codec.size - a.codec.size);
  const place = ({ name, type, codec }: (typeof raw)[number]): void => {
    placed.set(name, { name, type, text: type, offset, slot: -1, codec, source: undefined });
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
  return { layouts, slots, bytes: offset - PAYLOAD_OFFSET };
}

/** For a name that is no field of a type. */
export function unknownField(type: string, field: unknown, known: Iterable<string>): BadFieldError {
  return new BadFieldError(`${type} has no field ${describe(field)}${didYouMean(field, known)}`);
}
