import { BadImageError } from "../base/errors.js";

/** A struct, as the image stores it. */
export interface TypeRecord {
  readonly name: string;
  /** Name of the struct that it extends. */
  readonly base: string | null;
  readonly hasFinalizer: boolean;
  /** All fields, inherited ones first: name, type (as `FieldSpec.text`), offset from the object's address. */
  readonly fields: readonly (readonly [name: string, type: string, offset: number])[];
}

/** Reads values parsed from JSON without trusting their types. */
export class MetaRows {
  readonly #offset: number;
  constructor(offset: number) {
    this.#offset = offset;
  }

  error(what: string): BadImageError {
    return new BadImageError(`section META ${what}`, this.#offset);
  }
  object(value: unknown): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw this.error("lacks an object");
    return value as Record<string, unknown>;
  }
  array(value: unknown): unknown[] {
    if (!Array.isArray(value)) throw this.error("lacks an array");
    return value;
  }
  tuple(value: unknown, length: number): unknown[] {
    const array = this.array(value);
    if (array.length !== length) throw this.error(`has a row of ${array.length} instead of ${length}`);
    return array;
  }
  string(value: unknown): string {
    if (typeof value !== "string") throw this.error("lacks a text");
    return value;
  }
  number(value: unknown): number {
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 0xffffffff)
      throw this.error("lacks a whole number");
    return value as number;
  }

  type(value: unknown): TypeRecord {
    const { name, base, hasFinalizer, fields } = this.object(value);
    if (typeof hasFinalizer !== "boolean") throw this.error("lacks a boolean");
    return {
      name: this.string(name),
      base: base === null ? null : this.string(base),
      hasFinalizer,
      fields: this.array(fields).map((field) => {
        const [fieldName, type, at] = this.tuple(field, 3);
        return [this.string(fieldName), this.string(type), this.number(at)];
      }),
    };
  }

  /** The structs. */
  types(value: unknown): TypeRecord[] {
    return this.array(value).map((type) => this.type(type));
  }

  /** The named roots, and the addresses of their objects. */
  roots(value: unknown): [name: string, address: number][] {
    const roots = this.array(value).map((root): [string, number] => {
      const [name, address] = this.tuple(root, 2);
      return [this.string(name), this.number(address)];
    });
    if (new Set(roots.map(([name]) => name)).size !== roots.length) throw this.error("has two roots of one name");
    return roots;
  }
}
