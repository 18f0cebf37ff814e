import { MAX_TYPES } from "../../assembly/layout.js";
import type { TypeInfo } from "../object/reader.js";

/** The types of a heap, by id and by name. */
export class TypeTable {
  readonly #byId = new Map<number, TypeInfo>();
  readonly #byName = new Map<string, TypeInfo>();

  /** Adds a type, or replaces the type with the same id. */
  set(info: TypeInfo): void {
    this.#byId.set(info.id, info);
    this.#byName.set(info.name, info);
  }
  get(id: number): TypeInfo | undefined {
    return this.#byId.get(id);
  }
  named(name: string): TypeInfo | undefined {
    return this.#byName.get(name);
  }
  /** Whether all ids are used. The core assigns them in ascending order. */
  get isFull(): boolean {
    return this.#byId.has(MAX_TYPES - 1);
  }
  values(): IterableIterator<TypeInfo> {
    return this.#byId.values();
  }
}
