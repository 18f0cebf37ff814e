import type { Address } from "../wasm/exports.js";
import type { HeapMemory } from "../wasm/memory.js";
import type { FieldLayout } from "./field-layout.js";

/** The facts about a type that are needed to read its objects. */
export interface TypeInfo {
  readonly id: number;
  readonly name: string;
  readonly isWeakrefable: boolean;
  /** For a struct: its fields, in the order of definition. */
  readonly fields?: ReadonlyMap<string, FieldLayout>;
}

/** Reads objects by their addresses. */
export interface Reader {
  readonly memory: HeapMemory;
  /** Id of the type of the object at an address. */
  typeIdAt(address: Address): number;
  /** @throws {@link UnknownTypeError} */
  typeAt(address: Address): TypeInfo;
}
