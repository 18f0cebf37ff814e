import { attempt } from "../base/arguments.js";
import { BadFieldError, TypeMismatchError, describe } from "../base/errors.js";
import { RAW_CODECS, SLOT_TYPES, isSlotType } from "./fields.js";
import type { RawFieldType, SlotFieldType } from "./fields.js";

/** The type of a field that is a reference: what `ref()`, `weak()` and `required()` make, and what `"ref"` stands for. */
export class FieldSpec {
  /** Whether a value is a spec. `instanceof` is not used, because it also accepts a proxy, which may answer differently each time. */
  static is(value: unknown): value is FieldSpec {
    return typeof value === "object" && value !== null && #isSpec in value;
  }
  readonly #isSpec = true;

  /**
   * @param target - The struct whose objects the field takes; `undefined` for any object, or if the struct is only known by name.
   * @param targetName - Its name: names are unique in a heap.
   */
  constructor(
    readonly kind: SlotFieldType,
    readonly isRequired = false,
    readonly target?: object,
    readonly targetName?: string,
  ) {
    // The program has a reference to it, too.
    Object.freeze(this);
  }

  /** A spec is its own source: see {@link FieldSource}. */
  get spec(): this {
    return this;
  }
  get isAsked(): true {
    return true;
  }

  /** The type as images store it: `str!`, `ref Person`. */
  get text(): string {
    return this.kind + (this.isRequired ? "!" : "") + (this.targetName === undefined ? "" : ` ${this.targetName}`);
  }
}

/** A field type defined by a getter. The getter is called when the type is first needed, after the types it names are defined. */
export class LazySpec {
  readonly #name: string;
  readonly #read: () => unknown;
  #spec: FieldSpec | undefined;
  #expected: string | undefined;

  constructor(name: string, read: () => unknown) {
    this.#name = name;
    this.#read = read;
  }

  /** @throws {@link BadFieldError} if the getter throws or does not return a reference type, {@link TypeMismatchError} */
  get spec(): FieldSpec {
    return this.#spec ?? this.ask();
  }
  /** Calls the getter, which runs code of the program. */
  ask(): FieldSpec {
    const spec = this.#resolve();
    // The getter may have called this function recursively: the first answer is kept.
    return (this.#spec ??= spec);
  }
  /** Whether the getter has been called. Before that, reading the type runs code of the program. */
  get isAsked(): boolean {
    return this.#spec !== undefined;
  }

  /** Like {@link FieldSpec.text}. In a restored heap it comes from the image, so a program with a failing getter can still save. */
  get text(): string {
    return this.#expected ?? this.spec.text;
  }

  /** Sets the type that the heap's image has for the field. The getter must return the same. */
  expect(text: string): void {
    this.#expected = text;
  }

  #resolve(): FieldSpec {
    const what = `the type of field ${describe(this.#name)}`;
    const given = attempt(BadFieldError, what, this.#read);
    const spec = FieldSpec.is(given) ? given : isSlotType(given) ? new FieldSpec(given) : undefined;
    if (spec === undefined)
      throw new BadFieldError(`${what}: a getter gives a reference, as ref() makes them, not ${describe(given)}`);
    if (this.#expected !== undefined && spec.text !== this.#expected)
      throw new TypeMismatchError(`field ${describe(this.#name)} is "${this.#expected}" in the heap's image`);
    return spec;
  }
}

/** The source of the type of a reference field. */
export type FieldSource = FieldSpec | LazySpec;

/** A field definition: name and type. */
export type FieldEntry = readonly [name: string, type: FieldSource | RawFieldType];

/** Reads field definitions. Does not call getters. @throws {@link BadFieldError} for unknown types. */
export function readFields(fields: unknown): FieldEntry[] {
  if (typeof fields !== "object" || fields === null)
    throw new BadFieldError(`expected fields and their types, got ${describe(fields)}`);
  return attempt(BadFieldError, "fields and their types", () =>
    Object.keys(fields).map((name): FieldEntry => {
      const read = (): unknown => Reflect.get(fields, name);
      const isGetter = Object.getOwnPropertyDescriptor(fields, name)?.get !== undefined;
      return [name, isGetter ? new LazySpec(name, read) : fieldType(name, read())];
    }),
  );
}

function fieldType(name: string, type: unknown): FieldSource | RawFieldType {
  if (FieldSpec.is(type)) return type;
  if (isSlotType(type)) return new FieldSpec(type);
  if (typeof type === "string" && Object.hasOwn(RAW_CODECS, type)) return type as RawFieldType;
  const known = [...SLOT_TYPES, ...Object.keys(RAW_CODECS)].map(describe).join(", ");
  throw new BadFieldError(
    `field ${describe(name)} has an unknown type: ${describe(type)}; the types are ${known}, ref(), weak() and required()`,
  );
}

/** Parses the fields of an image. @throws {@link BadFieldError} for unknown types. */
export function parseFields(fields: readonly (readonly [name: string, text: string, ...unknown[]])[]): FieldEntry[] {
  return fields.map(([name, text]): FieldEntry => {
    const [, kind, required, target] = /^(ref|weak|str)(!)?(?: (.+))?$/su.exec(text) ?? [];
    if (kind === undefined) return [name, fieldType(name, text)];
    const spec = new FieldSpec(kind as SlotFieldType, required !== undefined, undefined, target);
    if ((kind === "str" && target !== undefined) || (kind === "weak" && spec.isRequired))
      throw new BadFieldError(`field ${describe(name)} has an unknown type: ${describe(text)}`);
    return [name, spec];
  });
}
