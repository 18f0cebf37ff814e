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

/** Typed arrays whose elements have the width of a field. TypeScript below 5.7 lacks `Int8Array<ArrayBuffer>`: hence `ReturnType`. */
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

/** The location and width of a field. `slot` is negative for raw fields. */
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

/** Addresses of objects. The caller owns a reference to each object. */
export type Addresses = ReturnType<typeof Uint32Array.of>;

/**
 * Operations on many objects in one call into the core: `heap.batch`. It takes raw addresses, like `heap.core`. The
 * release core does not check them: an address of a freed object, or of another type, damages the heap.
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
   * Creates `count` objects of a type. All fields are 0, `false` or `null`. The caller owns a reference to each object, and
   * releases it with `decref`. May collect.
   *
   * @example
   * const people = heap.batch.create(Person, 1000);
   * people.length; // 1000
   * heap.batch.decref(people);
   *
   * @throws {@link BadValueError} for a type with required fields, or a count that is not a whole number from 0 to 2^30;
   *   {@link OutOfMemoryError}: no object is created then.
   */
  create(type: AnyStruct, count: number): Addresses {
    const store = this.#store;
    if (!Number.isInteger(count) || count < 0 || count > 2 ** 30)
      throw new BadValueError(`expected a number of objects from 0 to 2^30, got ${describe(count)}`);
    const { id, name, required } = layoutIn(store, type);
    const [first] = required;
    if (first !== undefined)
      throw new BadValueError(
        `heap.batch.create() leaves fields empty, but ${name}.${first.name} is required: use ${name}.new({ … })`,
      );
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

  /**
   * Adds a reference to each object. The caller owns it, and releases it with `decref`.
   *
   * @example
   * const people = heap.batch.create(Person, 2);
   * heap.batch.incref(people); // two references to each
   * heap.batch.decref(people);
   * heap.batch.decref(people); // frees them
   *
   * @throws {@link BadValueError} unless `objects` is a `Uint32Array`; {@link OutOfMemoryError}: nothing changes then.
   */
  incref(objects: Addresses): void {
    const { core } = this.#store;
    this.#with(objects, 0, (loan, count) => {
      this.#store.require(() => core.increfMany(loan, count), "counting references");
    });
  }

  /**
   * Releases a reference of the caller to each object, in order. An object is freed if it was the last one.
   *
   * @example
   * const people = heap.batch.create(Person, 2);
   * heap.batch.decref(people); // frees them
   *
   * @throws {@link BadValueError} unless `objects` is a `Uint32Array`; {@link OutOfMemoryError}.
   */
  decref(objects: Addresses): void {
    this.#with(objects, 0, (loan, count) => {
      this.#store.core.decrefMany(loan, count);
    });
  }

  /**
   * Reads a field of each object into a new typed array. A `bool` is read as 0 or 1, a reference as an address, or 0 for
   * none. The addresses are borrowed: do not release them. A `weak` field gives the address of its weak reference.
   *
   * @example
   * const people = heap.batch.create(Person, 2);
   * heap.batch.get(Person, "age", people); // [0, 0]
   * heap.batch.decref(people);
   *
   * @throws {@link BadFieldError} for an unknown field; {@link BadValueError} unless `objects` is a `Uint32Array`;
   *   {@link OutOfMemoryError}.
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
   * Writes a field of each object: `values[i]` to `objects[i]`. `values` has the typed array class that `get` returns for
   * the field. References are addresses, or 0 for none; the field adds its own reference, and the caller keeps its own.
   * The old values are released only when all new ones are written, so objects may exchange fields.
   *
   * @example
   * const people = heap.batch.create(Person, 2);
   * heap.batch.set(Person, "age", people, Uint32Array.of(30, 40));
   * heap.batch.get(Person, "age", people); // [30, 40]
   * heap.batch.decref(people);
   *
   * @throws {@link BadFieldError} for an unknown field; {@link BadValueError} for an array of another length or class;
   *   {@link OutOfMemoryError}: nothing changes then.
   */
  set<F>(type: Shaped<F, unknown>, field: keyof F & string, objects: Addresses, values: FieldArray): void {
    const store = this.#store;
    const { slot, offset, elements, size, name } = this.#field(type, field);
    this.#with(objects, size, (loan, count, data) => {
      // Checked after the loan, because getting it may run code that resizes the array's buffer.
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

  /** Copies the addresses into linear memory, followed by `size` bytes for each, aligned to 8. */
  #with<T>(objects: Addresses, size: number, run: (loan: Address, count: number, data: Address) => T): T {
    if (!isTypedArray(objects, "Uint32Array"))
      throw new BadValueError(`expected a Uint32Array, got ${describe(objects)}`);
    const count = lengthOf(objects);
    const room = 8 * Math.ceil(count / 2);
    return withLoan(this.#store, room + size * count, (loan) => {
      if (lengthOf(objects) !== count)
        throw new BadValueError("the array of addresses was resized by a finalizer or callback during the call");
      if (count > 0) this.#store.memory.u32.set(objects, loan >>> 2);
      return run(loan, count, loan + room);
    });
  }
}
