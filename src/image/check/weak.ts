import {
  EPHEMERON_MAP_OFFSET,
  EPHEMERON_NEXT_OFFSET,
  EPHEMERON_PREV_OFFSET,
  EPHEMERON_VALUE_OFFSET,
  FLAG_HAS_WEAKREFS,
  KIND_WEAKMAP,
  TYPE_EPHEMERON,
  TYPE_MASK,
  TYPE_WEAKREF,
  WEAKMAP_FIRST_OFFSET,
  WEAKMAP_SIZE_OFFSET,
  WEAKREF_CALLBACK_OFFSET,
  WEAKREF_HASHED,
  WEAKREF_NEXT_OFFSET,
  WEAKREF_PREV_OFFSET,
  WEAKREF_REFERENT_OFFSET,
} from "../../../assembly/layout.js";
import type { Image } from "../image.js";
import type { TypeShape } from "../types.js";
import type { Tally } from "./objects.js";
import type { Population } from "./population.js";

/**
 * Checks weak references and weak maps. The weak references to an object form one doubly linked chain, so it ends. Each
 * entry of a weak map is in a chain of its key and in the list of its map.
 *
 * @throws {@link BadImageError}
 */
export function checkWeak(image: Image, population: Population, tally: Tally): void {
  new WeakChecker(image, population, tally).run();
}

class WeakChecker {
  readonly #image: Image;
  readonly #population: Population;
  readonly #tally: Tally;
  readonly #callbacks: Set<number>;
  /** Weak references and entries that have a referent or key. */
  #linked = 0;
  /** The entries among them. */
  #entries = 0;
  /** Weak references and entries reached through the chains of referents and keys. */
  #visited = 0;
  /** Entries reached through the lists of weak maps. */
  #listed = 0;
  /** Objects with weak references, objects with entries, objects with either. */
  #chains = 0;
  #keys = 0;
  #held = 0;
  readonly #isHeld: Uint8Array;
  /** For each weak map: the key that its last visited entry belongs to. */
  #lastKey: Uint32Array | undefined;

  constructor(image: Image, population: Population, tally: Tally) {
    this.#image = image;
    this.#population = population;
    this.#tally = tally;
    this.#isHeld = new Uint8Array(population.count);
    this.#callbacks = new Set(image.meta.callbacks.map(([id]) => id));
  }

  run(): void {
    for (const object of this.#tally.noted) {
      const id = this.#typeOf(object);
      if (id === TYPE_WEAKREF) this.#checkWeakref(object);
      else if (id === TYPE_EPHEMERON) this.#checkEntry(object);
      else if ((this.#image.types[id] as TypeShape).kind === KIND_WEAKMAP) this.#checkMap(object);
    }
    if (this.#visited !== this.#linked) throw this.#error("a weak reference is not in the chain of its object");
    if (this.#held !== this.#tally.weaklyHeld) throw this.#error("an object is referred to weakly by nothing");
    if (this.#listed !== this.#entries) throw this.#error("an entry of a weak map is not in its list");
    const { weakrefMapCapacity, entryMapCapacity, entryIndexCapacity, internCapacity, hasHooks } = this.#image.control;
    if (this.#held > 0 && hasHooks === 0) throw this.#error("the heap does not know of its weak references");
    if (this.#chains >= weakrefMapCapacity && this.#chains > 0) throw this.#error("there are too many weak references");
    if (this.#keys >= entryMapCapacity && this.#keys > 0) throw this.#error("there are too many keys of weak maps");
    if (this.#entries >= entryIndexCapacity && this.#entries > 0)
      throw this.#error("there are too many entries of weak maps");
    if (this.#tally.interned >= internCapacity && this.#tally.interned > 0)
      throw this.#error("there are too many interned strings");
  }

  #error(message: string): Error {
    return this.#image.error("PAGE", message);
  }
  #fail(object: number, message: string): never {
    throw this.#image.errorAt(object, message);
  }
  #typeOf(object: number): number {
    return this.#image.word(object + 4) & TYPE_MASK;
  }

  #checkWeakref(weakref: number): void {
    const image = this.#image;
    const word = image.word(weakref + WEAKREF_CALLBACK_OFFSET);
    const id = word & ~WEAKREF_HASHED;
    if (id !== 0 && !this.#callbacks.has(id))
      this.#fail(weakref, "a weak reference has a callback that nobody knows of");
    if (image.word(weakref + WEAKREF_REFERENT_OFFSET) !== 0) {
      this.#link(weakref);
      return;
    }
    // A dead weak reference that was hashed keeps its hash in the field of the previous link.
    const isBare = image.word(weakref + WEAKREF_NEXT_OFFSET) === 0;
    const hasHash = image.word(weakref + WEAKREF_PREV_OFFSET) !== 0;
    if (!isBare || (hasHash && (word & WEAKREF_HASHED) === 0))
      this.#fail(weakref, "a dead weak reference is in a chain");
  }

  #checkEntry(entry: number): void {
    const image = this.#image;
    const map = image.word(entry + EPHEMERON_MAP_OFFSET);
    if (image.word(entry + WEAKREF_REFERENT_OFFSET) === 0) {
      const links = [WEAKREF_NEXT_OFFSET, WEAKREF_PREV_OFFSET, EPHEMERON_NEXT_OFFSET, EPHEMERON_PREV_OFFSET];
      if (map !== 0 || links.some((offset) => image.word(entry + offset) !== 0))
        this.#fail(entry, "an entry without a key is in a weak map");
      return;
    }
    if (image.word(entry + EPHEMERON_VALUE_OFFSET) === 0) this.#fail(entry, "an entry of a weak map has no value");
    const ordinal = this.#population.find(map);
    if (ordinal < 0 || (image.types[this.#typeOf(map)] as TypeShape).kind !== KIND_WEAKMAP)
      this.#fail(entry, "an entry is in no weak map");
    this.#entries++;
    // The key and the map share one reference to the entry.
    const references = this.#tally.references;
    const own = this.#population.find(entry);
    references[own] = (references[own] as number) + 1;
    this.#link(entry);
  }

  /** Counts a weak reference or entry. If it is the first in its chain, walks the chain. */
  #link(first: number): void {
    const image = this.#image;
    this.#linked++;
    if (image.word(first + WEAKREF_PREV_OFFSET) !== 0) return;
    const id = this.#typeOf(first);
    const referent = image.word(first + WEAKREF_REFERENT_OFFSET);
    const ordinal = this.#population.find(referent);
    if (ordinal < 0 || (image.word(referent + 4) & FLAG_HAS_WEAKREFS) === 0)
      this.#fail(first, "a weak reference leads to what does not know of it");
    const bit = id === TYPE_WEAKREF ? 1 : 2;
    const held = this.#isHeld[ordinal] as number;
    if ((held & bit) !== 0) this.#fail(first, "an object has two chains of weak references");
    if (held === 0) this.#held++;
    this.#isHeld[ordinal] = held | bit;
    if (id === TYPE_WEAKREF) this.#chains++;
    else this.#keys++;
    let before = 0;
    for (let one = first; one !== 0; one = image.word(one + WEAKREF_NEXT_OFFSET)) {
      if (
        this.#population.find(one) < 0 ||
        this.#typeOf(one) !== id ||
        image.word(one + WEAKREF_REFERENT_OFFSET) !== referent ||
        image.word(one + WEAKREF_PREV_OFFSET) !== before
      )
        this.#fail(first, "a chain of weak references leads astray");
      if (id === TYPE_EPHEMERON) this.#noteKey(one, ordinal);
      else if (before !== 0 && (image.word(one + WEAKREF_CALLBACK_OFFSET) & ~WEAKREF_HASHED) === 0)
        this.#fail(one, "a weak reference without a callback is not the first");
      before = one;
      this.#visited++;
    }
  }

  /** Checks that a weak map has only one entry for a key. */
  #noteKey(entry: number, key: number): void {
    this.#lastKey ??= new Uint32Array(this.#population.count);
    const map = this.#population.find(this.#image.word(entry + EPHEMERON_MAP_OFFSET));
    if (map < 0) this.#fail(entry, "an entry is in no weak map");
    if (this.#lastKey[map] === key + 1) this.#fail(entry, "a weak map has a key twice");
    this.#lastKey[map] = key + 1;
  }

  #checkMap(map: number): void {
    const image = this.#image;
    let size = 0;
    let newer = 0;
    for (let entry = image.word(map + WEAKMAP_FIRST_OFFSET); entry !== 0;) {
      if (
        this.#population.find(entry) < 0 ||
        this.#typeOf(entry) !== TYPE_EPHEMERON ||
        image.word(entry + WEAKREF_REFERENT_OFFSET) === 0 ||
        image.word(entry + EPHEMERON_MAP_OFFSET) !== map ||
        image.word(entry + EPHEMERON_PREV_OFFSET) !== newer
      )
        this.#fail(map, "the list of a weak map's entries leads astray");
      newer = entry;
      size++;
      entry = image.word(entry + EPHEMERON_NEXT_OFFSET);
    }
    if (size !== image.word(map + WEAKMAP_SIZE_OFFSET))
      this.#fail(map, "a weak map has not as many entries as it says");
    this.#listed += size;
  }
}
