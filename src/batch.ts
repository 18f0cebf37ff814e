import { BadFieldError, BadValueError, OutOfMemoryError, describe } from "./errors.js";
import type { FieldLayout } from "./field-layout.js";
import type { Fields, RawFieldType } from "./fields.js";
import { withLoan } from "./loan.js";
import type { Store } from "./store.js";
import type { StructType } from "./struct.js";
import type { Address } from "./wasm/exports.js";

/** Typed arrays whose elements are as wide as a field. */
export type FieldArray =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

type FieldArrayClass = new (length: number) => FieldArray;

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

/** A struct of whatever fields. */
type AnyStruct = Pick<StructType<Fields>, "id" | "name" | "layoutIn">;

/** Objects by their addresses, of which the caller has a reference to each. */
export type Addresses = Uint32Array<ArrayBuffer>;

/**
 * The same to many objects in one call into the core: `heap.batch`. On raw addresses, as `heap.core`: an
 * address that is not a live object's, or not of the type it is said to be, damages the heap.
 */
export class BatchFace {
  readonly #store: Store;

  /** @internal */
  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Creates `count` objects of a type, all fields 0, `false` or `null`. The caller owns a reference to each.
   * May collect.
   *
   * @throws {@link OutOfMemoryError}, and then there are none.
   */
  create(type: AnyStruct, count: number): Addresses {
    const store = this.#store;
    if (!Number.isInteger(count) || count < 0 || count > 2 ** 30)
      throw new BadValueError(`expected a number of objects, got ${describe(count)}`);
    type.layoutIn(store);
    return withLoan(store, 4 * count, (loan) => {
      let made = store.core.allocMany(type.id, count, loan) >>> 0;
      if (made < count) {
        store.core.collect(2);
        made += store.core.allocMany(type.id, count - made, loan + 4 * made) >>> 0;
      }
      if (made < count) {
        store.core.decrefMany(loan, made);
        throw new OutOfMemoryError(`out of memory: ${count} objects of type ${type.name}`);
      }
      return store.memory.u32.slice(loan >>> 2, (loan >>> 2) + count);
    });
  }

  /** Adds a reference to each, which the caller owns. @throws {@link OutOfMemoryError}, nothing changed. */
  incref(objects: Addresses): void {
    this.#with(objects, 0, (loan) => {
      this.#store.require(() => this.#store.core.increfMany(loan, objects.length), "counting references");
    });
  }

  /** Gives a reference to each back, in order; an object dies if it was its last. */
  decref(objects: Addresses): void {
    this.#with(objects, 0, (loan) => {
      this.#store.core.decrefMany(loan, objects.length);
    });
  }

  /**
   * Reads a field of each. References come as addresses, 0 for none, borrowed; a `bool` as 0 or 1.
   *
   * @throws {@link BadFieldError}
   */
  get(type: AnyStruct, field: string, objects: Addresses): FieldArray {
    const store = this.#store;
    const { slot, offset, type: fieldType, codec } = this.#field(type, field);
    const size = codec?.size ?? 4;
    const result = new (codec === undefined ? Uint32Array : ARRAYS[fieldType as RawFieldType])(objects.length);
    this.#with(objects, size, (loan, data) => {
      if (codec === undefined) store.core.getRefMany(loan, objects.length, slot, data);
      else store.core.gather(loan, objects.length, offset, Math.log2(size), data);
      bytesOf(result).set(store.memory.u8.subarray(data, data + result.byteLength));
    });
    return result;
  }

  /**
   * Writes a field of each: `values[i]` to `objects[i]`. Raw fields take the typed array that `get` returns
   * for them; references addresses, 0 for none, which the field counts itself. What was there dies once all are written,
   * so fields may be exchanged among the objects.
   *
   * @throws {@link BadFieldError}, {@link BadValueError} for an array of another length or element size,
   *   {@link OutOfMemoryError}, nothing changed.
   */
  set(type: AnyStruct, field: string, objects: Addresses, values: FieldArray): void {
    const store = this.#store;
    const { slot, offset, type: fieldType, codec, name } = this.#field(type, field);
    const expected = codec === undefined ? Uint32Array : ARRAYS[fieldType as RawFieldType];
    if (!(values instanceof expected) || values.length !== objects.length)
      throw new BadValueError(
        `${type.name}.${name}: expected a ${expected.name} of ${objects.length}, got ${describe(values)}`,
      );
    const size = codec?.size ?? 4;
    this.#with(objects, size, (loan, data) => {
      store.memory.u8.set(bytesOf(values), data);
      if (codec === undefined)
        store.require(() => store.core.setRefMany(loan, objects.length, slot, data), "writing many references");
      else store.core.scatter(loan, objects.length, offset, Math.log2(size), data);
    });
  }

  #field(type: AnyStruct, name: string): FieldLayout {
    const layout = type.layoutIn(this.#store).fields.get(name);
    if (layout === undefined) throw new BadFieldError(`${type.name} has no field ${describe(name)}`);
    return layout;
  }

  /** Copies the addresses to the heap's memory, with room for `size` bytes each behind them, on a multiple of 8. */
  #with(objects: Addresses, size: number, run: (loan: Address, data: Address) => void): void {
    if (!(objects instanceof Uint32Array)) throw new BadValueError(`expected a Uint32Array, got ${describe(objects)}`);
    const room = (4 * objects.length + 7) & ~7;
    withLoan(this.#store, room + size * objects.length, (loan) => {
      this.#store.memory.u32.set(objects, loan >>> 2);
      run(loan, loan + room);
    });
  }
}

function bytesOf(array: FieldArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
