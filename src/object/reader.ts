import type { Address } from "../wasm/exports.js";
import type { HeapMemory } from "../wasm/memory.js";
import type { FieldLayout } from "./field-layout.js";

/** What has to be known of a type to read its objects. */
export interface TypeInfo {
  readonly id: number;
  readonly name: string;
  readonly isWeakrefable: boolean;
  /** Of a struct: its fields, in the order of their definition. */
  readonly fields?: ReadonlyMap<string, FieldLayout>;
}

/** All that is needed to read objects by their addresses. */
export interface Reader {
  readonly memory: HeapMemory;
  /** Id of the type of the object at an address. */
  typeIdAt(address: Address): number;
  /** @throws {@link UnknownTypeError} */
  typeAt(address: Address): TypeInfo;
}
