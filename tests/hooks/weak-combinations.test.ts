// A weak map, its key, its value, and a weak reference to the key, in every combination: what they are, what dies first
// and how, and what a finalizer does about it. Whatever a finalizer brings back through a weak map or a weak reference
// is whole and stays so; an entry is there as long as its key and its map are; and in the end nothing is left.

import { describe, test } from "vitest";
import type { Handle, Heap, StructHandle, WeakKeyMapHandle, WeakrefHandle } from "../../src/index.js";
import { BUILDS } from "../support/core.js";
import type { Build } from "../support/core.js";
import { MODES, SCALE } from "../support/growth.js";
import type { Mode } from "../support/growth.js";
import { holdings } from "../support/scenes.js";
import { countedHeap, unitsOf } from "../support/work.js";

const KEYS = ["leaf", "plain", "loud"] as const;
type KeyKind = (typeof KEYS)[number];

/** Values: atoms, what holds atoms alone, and structs. */
const VALUES = [
  "str",
  "int",
  "float",
  "bytes",
  "none",
  "tuple",
  "list",
  "leaf",
  "plain",
  "loud",
  "the key",
  "the map",
  "a weak reference to the key",
] as const;
type ValueKind = (typeof VALUES)[number];
const isStruct = (kind: ValueKind | KeyKind): boolean => kind === "plain" || kind === "loud";

/** What lets the key, the map, or both go; by their last reference, or in a collection. */
const ENDS = [
  "the key is released",
  "the map is released",
  "key and map are released, the key first",
  "key and map are released, the map first",
  "the key holds itself",
  "the map is in a ring",
  "key and map are in a ring",
  "the key holds the map, and is held by a ring",
  "the value leads to the key",
  "the value leads to the map",
] as const;
type End = (typeof ENDS)[number];

const DEEDS = ["nothing", "dereference", "look up", "look up and bring itself back", "bring everything back"] as const;
type Deed = (typeof DEEDS)[number];

const REFERENCES = ["none", "without a callback", "with a callback"] as const;
const COLLECTIONS = ["young", "full", "steps"] as const;

interface Combination {
  key: KeyKind;
  value: ValueKind;
  end: End;
  deed: Deed;
  reference: (typeof REFERENCES)[number];
  collection: (typeof COLLECTIONS)[number];
  build: Build;
  pauses: Mode;
}

const FIELDS = { a: "ref", b: "ref", map: "ref", id: "i32" } as const;
const [KEY_ID, VALUE_ID] = [7, 8];

function must(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: expected ${String(expected)}, found ${String(actual)}`);
}

/** What an object is, as a text. */
function describeObject(object: Handle): string {
  if (["Leaf", "Plain", "Loud"].includes(object.type)) return `struct ${String((object as StructHandle).get("id"))}`;
  return object.type === "weakref" || object.type === "WeakKeyDictionary" ? object.type : object.repr();
}

class Scene {
  readonly heap: Heap;
  readonly combination: Combination;
  /** What finalizers kept, and what it is. */
  readonly kept: { handle: Handle; what: string }[] = [];
  readonly ran = new Map<number, number>();
  key: StructHandle;
  map: WeakKeyMapHandle;
  weakref: WeakrefHandle | undefined;
  readonly #valueText: string;

  constructor(heap: Heap, combination: Combination, errors: unknown[]) {
    this.heap = heap;
    this.combination = combination;
    const { key, value, end, reference } = combination;
    const finalize = (self: StructHandle): void => {
      try {
        heap.verify();
        this.#act(self);
        heap.verify();
      } catch (error) {
        errors.push(error);
      }
    };
    const types = {
      leaf: heap.struct("Leaf", { x: "f64", id: "i32" }),
      plain: heap.struct("Plain", FIELDS),
      loud: heap.struct("Loud", FIELDS, { finalize }),
    };
    this.key = types[key].new({ id: KEY_ID });
    this.map = heap.weakref.keyMap();
    if (reference === "without a callback") this.weakref = heap.weakref.ref(this.key);
    if (reference === "with a callback")
      this.weakref = heap.weakref.ref(this.key, (dead) => {
        heap.verify();
        must("a dead weak reference", dead.deref(), null);
      });
    const made = this.#makeValue(value, types);
    this.#valueText = describeObject(made);
    this.map.set(this.key, made);
    // By this, a finalizer finds the map.
    for (const one of [key === "loud" && this.key, value === "loud" && made])
      if (one && end !== "the map is released") (one as StructHandle).set("map", this.map);
    if (end === "the value leads to the key") (made as StructHandle).set("a", this.key);
    if (end === "the value leads to the map") (made as StructHandle).set("map", this.map);
    if (made !== this.key && (made as Handle) !== this.map) made.release();
  }

  #makeValue(kind: ValueKind, types: Record<KeyKind, { new: (init: object) => Handle }>): Handle {
    const { heap } = this;
    switch (kind) {
      case "str":
        return heap.str("a text that is not interned");
      case "int":
        return heap.int(123_456_789);
      case "float":
        return heap.float(0.5);
      case "bytes":
        return heap.bytes(Uint8Array.of(1, 2, 3));
      case "none":
        return heap.none;
      case "tuple":
        return heap.tuple(["text", 0.25]);
      case "list":
        return heap.from([[1.5, 2.5, 3.5], "text"]);
      case "the key":
        return this.key;
      case "the map":
        return this.map;
      case "a weak reference to the key":
        return heap.weakref.ref(this.key);
      default:
        return types[kind].new({ id: VALUE_ID });
    }
  }

  #keep(object: Handle | null, what: string): void {
    if (object === null) return;
    must(`${what}, when it is found`, describeObject(object), what);
    this.kept.push({ handle: this.heap.none.store.outsideScopes(() => object.clone()), what });
  }

  /** What the finalizer of key or value does. */
  #act(self: StructHandle): void {
    const id = self.get("id") as number;
    this.ran.set(id, (this.ran.get(id) ?? 0) + 1);
    const { deed } = this.combination;
    if (deed === "nothing") return;
    this.heap.scope(() => {
      const isKey = id === KEY_ID;
      const referent = this.weakref && !this.weakref.released ? this.weakref.deref() : null;
      if (referent) must("the referent", describeObject(referent), `struct ${KEY_ID}`);
      const key = isKey ? self : (referent ?? (self.get("a") as StructHandle | null));
      const map = (self.get("map") as WeakKeyMapHandle | null) ?? (this.map.released ? null : this.map);
      if (deed === "dereference") this.#keep(referent, `struct ${KEY_ID}`);
      if (deed.startsWith("look up") && map !== null && key !== null) {
        const found = map.get(key as Handle);
        if (found !== undefined) this.#keep(this.#asHandle(found), this.#valueText);
        // The key's own entry is there while its finalizer runs.
        else if (isKey) throw new Error("the key has lost its entry");
      }
      if (deed === "look up and bring itself back") this.#keep(self, `struct ${id}`);
      if (deed === "bring everything back") {
        this.#keep(self, `struct ${id}`);
        this.#keep(key as Handle | null, `struct ${KEY_ID}`);
        if (map !== null) this.#keep(map, describeObject(map));
      }
    });
  }

  /** An atom that was read, as an object again: it was read whole. */
  #asHandle(found: unknown): Handle | null {
    if (typeof found === "object" && found !== null && "repr" in found) return found as Handle;
    const made = this.heap.from([found]);
    must("an atom", made.get(0) instanceof Uint8Array ? "bytes" : made.repr().slice(1, -1), this.#atomText(found));
    made.release();
    return null;
  }
  #atomText(found: unknown): string {
    return found instanceof Uint8Array ? "bytes" : this.#valueText;
  }

  /** Lets go of key, map or both, and collects if that is how they end. */
  end(): void {
    const { heap, key, map, combination } = this;
    const old = combination.collection !== "young";
    const release = (...handles: Handle[]): void => {
      if (old) for (let i = 0; i < 2; i++) heap.gc.collect(1);
      for (const handle of handles) handle.release();
    };
    const ring = (...held: Handle[]): Handle => {
      const list = heap.list(held);
      list.append(list);
      return list;
    };
    switch (combination.end) {
      case "the key is released":
        release(key);
        break;
      case "the map is released":
        release(map);
        break;
      case "key and map are released, the key first":
      case "the value leads to the key":
        release(key, map);
        break;
      case "key and map are released, the map first":
      case "the value leads to the map":
        release(map, key);
        break;
      case "the key holds itself":
        key.set("a", key);
        release(key);
        break;
      case "the map is in a ring":
        release(ring(map), map);
        break;
      case "key and map are in a ring":
        release(ring(map, key), map, key);
        break;
      case "the key holds the map, and is held by a ring":
        key.set("map", map);
        release(ring(key), map, key);
        break;
    }
    this.collect();
  }

  collect(): void {
    const { gc } = this.heap;
    const { collection } = this.combination;
    if (collection === "young") gc.collect(0);
    else if (collection === "full" || gc.pauses === "unbounded") gc.collect();
    else while (gc.step(3));
  }

  /** What was kept is what it was; and where the key and a map that knows it are alive, so is the entry. */
  check(): void {
    this.heap.verify();
    this.heap.scope(() => {
      for (const { handle, what } of this.kept) must("what was kept", describeObject(handle), what);
      const keys = this.kept.filter(({ what }) => what === `struct ${KEY_ID}`).map(({ handle }) => handle);
      const maps = this.kept.filter(({ handle }) => handle.type === "WeakKeyDictionary").map(({ handle }) => handle);
      if (!this.key.released) keys.push(this.key);
      if (!this.map.released) maps.push(this.map);
      for (const key of keys)
        for (const map of maps as WeakKeyMapHandle[]) {
          const found = map.get(key);
          if (found === undefined) throw new Error("key and map are alive, and the entry is gone");
          if (typeof found === "object" && found !== null && "repr" in found)
            must("the value", describeObject(found as Handle), this.#valueText);
        }
    });
    for (const [id, ran] of this.ran) must(`finalizers of ${id}`, ran, 1);
  }
}

async function run(combination: Combination): Promise<void> {
  const errors: unknown[] = [];
  const options = { onUnraisable: (error: unknown) => errors.push(error), pauses: combination.pauses };
  const heap = await countedHeap(combination.build, { ...options, thresholds: [1_000_000, 10, 10] });
  const before = holdings(heap).objects;
  unitsOf(heap, () => {
    const scene = new Scene(heap, combination, errors);
    scene.end();
    if (errors.length > 0) throw errors[0] as Error;
    scene.check();
    for (let round = 0; round < 2; round++) {
      heap.gc.collect(round ? 2 : 0);
      while (heap.gc.step(7));
      scene.check();
    }
    // Of what was kept, one goes after the other.
    for (const handle of [scene.key, scene.map, scene.weakref]) handle?.release();
    for (let round = 0; round < 4; round++) {
      // Each of what was kept after the other; that may run a finalizer which keeps more.
      for (let one = scene.kept.pop(); one; one = scene.kept.pop()) {
        one.handle.release();
        heap.verify();
      }
      heap.gc.collect();
    }
    heap.verify();
    if (errors.length > 0) throw errors[0] as Error;
    must("finalizers of the key", scene.ran.get(KEY_ID) ?? 0, combination.key === "loud" ? 1 : 0);
    must("finalizers of the value", scene.ran.get(VALUE_ID) ?? 0, combination.value === "loud" ? 1 : 0);
    must("objects that are left", holdings(heap).objects, before);
  });
  heap.dispose();
}

/** Whether there is such a thing. */
function isPossible({ key, value, end, deed }: Omit<Combination, "reference" | "collection" | "build" | "pauses">) {
  if (key === "leaf" && (end === "the key holds itself" || end === "the key holds the map, and is held by a ring"))
    return false;
  if ((end === "the value leads to the key" || end === "the value leads to the map") && !isStruct(value)) return false;
  // Without a finalizer there is nobody to do anything.
  return deed === "nothing" || key === "loud" || value === "loud";
}

/** All combinations of the first four, with the others in turn; HEAPWRIGHT_SCALE runs all of all. */
function* combinations(): Generator<Combination> {
  let turn = 0;
  for (const end of ENDS)
    for (const key of KEYS)
      for (const value of VALUES)
        for (const deed of DEEDS) {
          if (!isPossible({ key, value, end, deed })) continue;
          const others = [...rest()];
          // A stride that meets all of them before it comes back.
          const chosen = SCALE > 1 ? others : [others[(7 * turn++) % others.length]];
          for (const other of chosen)
            yield {
              end,
              key,
              value,
              deed,
              ...(other as ReturnType<typeof rest> extends Generator<infer R> ? R : never),
            };
        }
}

function* rest(): Generator<Pick<Combination, "reference" | "collection" | "build" | "pauses">> {
  for (const reference of REFERENCES)
    for (const collection of COLLECTIONS)
      for (const build of BUILDS) for (const pauses of MODES) yield { reference, collection, build, pauses };
}

describe.each(ENDS)("%s", (end) => {
  const all = [...combinations()].filter((one) => one.end === end);
  test.each(KEYS)("the key is %s", async (key) => {
    const failures: string[] = [];
    for (const combination of all.filter((one) => one.key === key)) {
      try {
        await run(combination);
      } catch (error) {
        const { value, deed, reference, collection, build, pauses } = combination;
        failures.push(
          `value ${value}, which would ${deed}; weak reference ${reference}; ${collection}; ${build}, ${pauses}: ${(error as Error).message}`,
        );
      }
    }
    if (failures.length > 0) throw new Error(`${failures.length} combinations:\n${failures.join("\n")}`);
  });
});
