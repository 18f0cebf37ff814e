import { TYPE_WEAKREF, WEAKREF_REFERENT_OFFSET } from "../../assembly/layout.js";
import { BadFieldError, BadImageError, describe } from "../base/errors.js";
import { didYouMean } from "../base/suggest.js";
import type { Field, Struct } from "./meta.js";
import { readRaw } from "./raw.js";
import type { Source } from "./source.js";

/** @throws {@link BadFieldError} */
export function fieldNamed({ name: struct, fields }: Struct, name: unknown): Field {
  const field = fields.get(name as string);
  if (field !== undefined) return field;
  throw new BadFieldError(`${struct} has no field ${describe(name)}${didYouMean(name, fields.keys())}`);
}

/** What a field of the object at `at` holds. */
export function readField(source: Source, at: number, field: Field): unknown {
  if (field.raw !== undefined) return readRaw(source.data, 4 * at + field.offset, field.raw);
  const target = targetOf(source, at, field);
  return target === 0 ? null : source.value(target);
}

/** Address of what a field that is a reference leads to; 0 = nothing. */
export function targetOf(source: Source, at: number, { offset, isWeak }: Field): number {
  const target = source.words[at + offset / 4];
  if (target === undefined) throw new BadImageError("an object leaves the image", 4 * at);
  return isWeak && target !== 0 ? referentOf(source, source.at(target)) : target;
}

/** Address of what the weak reference at `at` refers to; 0 once that is dead. */
export function referentOf(source: Source, at: number): number {
  const { words } = source;
  if (source.typeAt(at) !== TYPE_WEAKREF) throw new BadImageError("a weak field holds no weak reference", 4 * at);
  return words[at + WEAKREF_REFERENT_OFFSET / 4] as number;
}
