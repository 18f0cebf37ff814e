import { BadValueError, describe } from "../base/errors.js";
import type { RawFieldType } from "../object/fields.js";
import { unknownField } from "../object/field-layout.js";
import { withLoan } from "../state/loan.js";
import type { Store } from "../state/store.js";
import { layoutIn } from "../handles/struct-layout.js";
import type { AnyStruct, Shaped } from "../handles/field-types.js";
import { isTypedArray, lengthOf } from "../base/untrusted.js";
import { uncloneable } from "../base/uncloneable.js";
import type { Address } from "../wasm/exports.js";

/** Typed arrays whose elements are as wide as a field. (Said so, because TypeScript below 5.7 knows no `Int8Array<ArrayBuffer>`.) */
export type FieldArray =
  | ReturnType<typeof Int8Array.of>
  | ReturnType<typeof Uint8Array.of>
  | ReturnType<typeof Int16Array.of>
  | ReturnType<typeof Uint16Array.of>
  | ReturnType<typeof Int32Array.of>
  | ReturnType<typeof Uint32Array.of>
  | ReturnType<typeof BigInt64Array.of>
  | ReturnType<typeof BigUint64Array.of>
  | ReturnType<typeof Float32Array.of>
  | ReturnType<typeof Float64Array.of>;

interface FieldArrayClass {
  new (length: number): FieldArray;
  new (buffer: ArrayBufferLike, offset: number, length: number): FieldArray;
}

/** What is needed of a field. `slot` is negative for raw ones. */
interface BatchField {
  name: string;
  slot: number;
  offset: number;
  elements: FieldArrayClass;
  /** Bytes of an element. */
  size: number;
}

const ARRAYS: Readonly<Record<RawFieldType, FieldArrayClass>> = {
  bool: Uint8Array,
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  f32: Float32Array,
  f64: Float64Array,
};

/** Objects by their addresses, of which the caller has a reference to each. */
export type Addresses = ReturnType<typeof Uint32Array.of>;

/**
 * The same to many objects in one call into the core: `heap.batch`. On raw addresses, as `heap.core`: an
 * address that is not a live object's, or not of the type it is said to be, damages the heap.
 */
export class Batch {
  /** @internal */
  readonly "[[heapwright]]" = uncloneable("heap.batch");
  readonly #store: Store;

  /** @internal */
  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Creates `count` objects of a type, all fields 0, `false` or `null`. The caller owns a reference to each.
   * May collect.
   *
   * @throws {@link BadValueError} for a type with required fields; {@link OutOfMemoryError}, and then there are none.
   */
  create(type: AnyStruct, count: number): Addresses {
    const store = this.#store;
    if (!Number.isInteger(count) || count < 0 || count > 2 ** 30)
      throw new BadValueError(`expected a number of objects, got ${describe(count)}`);
    const { id, name, required } = layoutIn(store, type);
    const [first] = required;
    if (first !== undefined)
      throw new BadValueError(`${name}.${first.name} is required, so ${name} has no objects without values`);
    return withLoan(store, 4 * count, (loan) => {
      let made = store.core.allocMany(id, count, loan) >>> 0;
      if (made < count) {
        store.core.collect(2);
        made += store.core.allocMany(id, count - made, loan + 4 * made) >>> 0;
      }
      if (made < count) {
        store.core.decrefMany(loan, made);
        throw store.outOfMemory(`${count} objects of type ${name}`);
      }
      return store.memory.u32.slice(loan >>> 2, (loan >>> 2) + count);
    });
  }

  /** Adds a reference to each, which the caller owns. @throws {@link OutOfMemoryError}, nothing changed. */
  incref(objects: Addresses): void {
    const { core } = this.#store;
    this.#with(objects, 0, (loan, count) => {
      this.#store.require(() => core.increfMany(loan, count), "counting references");
    });
  }

  /** Gives a reference to each back, in order; an object dies if it was its last. */
  decref(objects: Addresses): void {
    this.#with(objects, 0, (loan, count) => {
      this.#store.core.decrefMany(loan, count);
    });
  }

  /**
   * Reads a field of each. References come as addresses, 0 for none, borrowed (of a `weak` field: of weak references); a `bool` as 0 or 1.
   *
   * @throws {@link BadFieldError}, {@link BadValueError}
   */
  get<F>(type: Shaped<F, unknown>, field: keyof F & string, objects: Addresses): FieldArray {
    const store = this.#store;
    const { slot, offset, elements, size } = this.#field(type, field);
    return this.#with(objects, size, (loan, count, data) => {
      if (slot >= 0) store.core.getRefMany(loan, count, slot, data);
      else store.core.gather(loan, count, offset, Math.log2(size), data);
      const result = new elements(count);
      result.set(new elements(store.memory.u8.buffer, data, count) as never);
      return result;
    });
  }

  /**
   * Writes a field of each: `values[i]` to `objects[i]`. Raw fields take the typed array that `get` returns
   * for them; references addresses, 0 for none, which the field counts itself. What was there dies once all are written,
   * so fields may be exchanged among the objects.
   *
   * @throws {@link BadFieldError}, {@link BadValueError} for an array of another length or element size,
   *   {@link OutOfMemoryError}, nothing changed.
   */
  set<F>(type: Shaped<F, unknown>, field: keyof F & string, objects: Addresses, values: FieldArray): void {
    const store = this.#store;
    const { slot, offset, elements, size, name } = this.#field(type, field);
    this.#with(objects, size, (loan, count, data) => {
      // Asked for only now: to get a loan may run code that resizes what they lie in.
      if (!isTypedArray(values, elements.name) || lengthOf(values) !== count)
        throw new BadValueError(`${name}: expected a ${elements.name} of ${count}, got ${describe(values)}`);
      if (count > 0) new elements(store.memory.u8.buffer, data, count).set(values as never);
      if (slot >= 0) store.require(() => store.core.setRefMany(loan, count, slot, data), "writing many references");
      else store.core.scatter(loan, count, offset, Math.log2(size), data);
    });
  }

  #field(type: AnyStruct, field: string): BatchField {
    const { fields, name } = layoutIn(this.#store, type);
    const layout = fields.get(field);
    if (layout === undefined) throw unknownField(name, field, fields.keys());
    const { slot, offset, codec } = layout;
    const elements = codec === undefined ? Uint32Array : ARRAYS[layout.type as RawFieldType];
    return { name: `${name}.${layout.name}`, slot, offset, elements, size: codec?.size ?? 4 };
  }

  /** Copies the addresses to the heap's memory, with room for `size` bytes each behind them, on a multiple of 8. */
  #with<T>(objects: Addresses, size: number, run: (loan: Address, count: number, data: Address) => T): T {
    if (!isTypedArray(objects, "Uint32Array"))
      throw new BadValueError(`expected a Uint32Array, got ${describe(objects)}`);
    const count = lengthOf(objects);
    const room = 8 * Math.ceil(count / 2);
    return withLoan(this.#store, room + size * count, (loan) => {
      if (lengthOf(objects) !== count) throw new BadValueError("the addresses have changed in number meanwhile");
      if (count > 0) this.#store.memory.u32.set(objects, loan >>> 2);
      return run(loan, count, loan + room);
    });
  }
}
