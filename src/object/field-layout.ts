import { PAYLOAD_OFFSET } from "../../assembly/layout.js";
import { BadFieldError, describe } from "../base/errors.js";
import { didYouMean } from "../base/suggest.js";
import type { FieldEntry, FieldSource } from "./field-types.js";
import { RAW_CODECS } from "./fields.js";
import type { FieldType, RawCodec, RawFieldType } from "./fields.js";

/** The place of a field: slots come first, then raw fields by size, so that there is no padding. */
export interface FieldLayout {
  readonly name: string;
  /** The type of the field. If it is defined by a getter, this runs the getter once. @throws {@link BadFieldError} */
  readonly type: FieldType;
  /** The type as images store it, including whether it is required. */
  readonly text: string;
  /** Bytes from the object's address. */
  readonly offset: number;
  /** For a reference: its slot. */
  readonly slot: number;
  /** For a raw field: its codec. */
  readonly codec: RawCodec | undefined;
  /** For a reference: the source of its type. */
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
 * Assigns a place to each field. Inherited fields may move. References come first, then raw fields with minimal padding.
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
  // An odd number of slots leaves four bytes in front of the 8-byte fields: small fields that fit are placed there.
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
  // The result is in the order of definition, regardless of the places.
  const layouts = new Map(entries.map(([name]) => [name, placed.get(name) as FieldLayout]));
  return { layouts, slots, bytes: offset - PAYLOAD_OFFSET };
}

/** The error for an unknown field name. */
export function unknownField(type: string, field: unknown, known: Iterable<string>): BadFieldError {
  return new BadFieldError(`${type} has no field ${describe(field)}${didYouMean(field, known)}`);
}
