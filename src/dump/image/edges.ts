import {
  BUFFER_DATA_OFFSET,
  EPHEMERON_NEXT_OFFSET,
  KIND_LIST,
  KIND_STRUCT,
  KIND_TABLE,
  KIND_TUPLE,
  KIND_WEAKMAP,
  PAYLOAD_OFFSET,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  STR_BYTES_OFFSET,
  STR_LENGTH_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_DICT,
  TYPE_INT,
  TYPE_MASK,
  TYPE_STR,
  TYPE_WEAKREF,
  VALUE_OFFSET,
  WEAKMAP_FIRST_OFFSET,
  WEAKREF_REFERENT_OFFSET,
} from "../../../assembly/layout.js";
import type { Population } from "../../image/check/population.js";
import type { Image } from "../../image/image.js";
import type { TypeShape } from "../../image/types.js";
import { EDGE_INTERNAL, EdgeLabel, EdgeStrength } from "../graph/graph.js";
import type { StringTable } from "./strings.js";

interface EdgeTarget {
  readonly target: Uint32Array;
  readonly label: Uint32Array;
  readonly kind: Uint8Array;
}

/** Keys of dicts up to this many bytes become the names of the edges to their values. */
const NAME_BYTES = 100;
// A byte order mark is an ordinary character here.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Lists the references of objects as edges. Empty slots are skipped. */
export class EdgeWalk {
  readonly #image: Image;
  readonly #words: Uint32Array;
  readonly #population: Population;
  readonly #strings: StringTable;
  #edges: EdgeTarget | undefined;
  #place = 0;

  constructor(image: Image, population: Population, strings: StringTable) {
    this.#image = image;
    this.#words = image.words;
    this.#population = population;
    this.#strings = strings;
  }

  /** Number of edges of an object. */
  degreeOf(v: number): number {
    this.#edges = undefined;
    this.#place = 0;
    this.#walk(v);
    return this.#place;
  }

  /** Writes an object's edges at `place` and the following places. Returns the place behind them. */
  write(v: number, edges: EdgeTarget, place: number): number {
    this.#edges = edges;
    this.#place = place;
    this.#walk(v);
    return this.#place;
  }

  #add(child: number, label: number, kind: number): void {
    const place = this.#place++;
    const edges = this.#edges;
    if (edges === undefined) return;
    edges.target[place] = this.#population.find(child);
    edges.label[place] = label;
    edges.kind[place] = kind;
  }

  #name(text: string): number {
    return this.#edges === undefined ? 0 : this.#strings.indexOf(text);
  }

  #walk(v: number): void {
    const object = this.#population.addresses[v] as number;
    const at = this.#image.at(object);
    const id = (this.#words[at + 1] as number) & TYPE_MASK;
    const type = this.#image.types[id] as TypeShape;
    switch (type.kind) {
      case KIND_STRUCT:
        this.#addAll(at + PAYLOAD_OFFSET / 4, type.slots, EdgeLabel.SLOT);
        break;
      case KIND_TUPLE:
        this.#addAll(at + TUPLE_ITEMS_OFFSET / 4, this.#words[at + TUPLE_LENGTH_OFFSET / 4] as number, EdgeLabel.INDEX);
        break;
      case KIND_LIST:
      case KIND_TABLE: {
        const buffer = this.#words[at + SLOTS_BUFFER_OFFSET / 4] as number;
        if (buffer === 0) break;
        const first = this.#image.at(buffer) + BUFFER_DATA_OFFSET / 4;
        const slots = this.#words[at + SLOTS_COUNT_OFFSET / 4] as number;
        if (id === TYPE_DICT) this.#addEntries(first, slots);
        else this.#addAll(first, slots, EdgeLabel.INDEX);
        break;
      }
      case KIND_WEAKMAP: {
        let index = 0;
        for (let entry = this.#words[at + WEAKMAP_FIRST_OFFSET / 4] as number; entry !== 0; index++) {
          this.#add(entry, index, EdgeStrength.EPHEMERON_MAP | EdgeLabel.INDEX);
          entry = this.#image.word(entry + EPHEMERON_NEXT_OFFSET);
        }
        break;
      }
    }
    const referent = id === TYPE_WEAKREF ? (this.#words[at + WEAKREF_REFERENT_OFFSET / 4] as number) : 0;
    if (referent !== 0) this.#add(referent, this.#name("referent"), EdgeStrength.WEAK | EdgeLabel.NAME);
  }

  #addAll(first: number, count: number, label: number): void {
    for (let i = 0; i < count; i++) {
      const child = this.#words[first + i] as number;
      if (child !== 0) this.#add(child, i, EdgeStrength.STRONG | label);
    }
  }

  /** Adds the entries of a dict: an edge to each key, then one to its value, which the key names. */
  #addEntries(first: number, slots: number): void {
    for (let slot = first; slot < first + slots; slot += 2) {
      const key = this.#words[slot] as number;
      if (key === 0) continue;
      this.#add(key, this.#name("key"), EdgeStrength.STRONG | EdgeLabel.NAME | EDGE_INTERNAL);
      const name = this.#edges === undefined ? 0 : this.#nameOfKey(key);
      this.#add(this.#words[slot + 1] as number, name, EdgeStrength.STRONG | EdgeLabel.NAME);
    }
  }

  #nameOfKey(key: number): number {
    const at = this.#image.at(key);
    const id = (this.#words[at + 1] as number) & TYPE_MASK;
    if (id === TYPE_STR) {
      const length = this.#words[at + STR_LENGTH_OFFSET / 4] as number;
      const start = 4 * at + STR_BYTES_OFFSET;
      if (length > 0 && length <= NAME_BYTES)
        return this.#name(decoder.decode(this.#image.frame.bytes.subarray(start, start + length)));
    }
    const value = at + VALUE_OFFSET / 4;
    const low = (this.#words[value] as number) | 0;
    if (id === TYPE_INT && low >> 31 === ((this.#words[value + 1] as number) | 0)) return this.#name(String(low));
    return this.#name("value");
  }
}
