import { Growable } from "../graph/growable.js";
import { EdgeLabel, EdgeStrength, EDGE_INTERNAL, LABEL_MASK, NO_GENERATION } from "../graph/graph.js";
import type { Meta } from "./meta.js";

/** Reports an invalid value in a block of rows. The reader adds the position to the error. */
export type Refuse = (message: string) => never;

/** A column of 32-bit numbers, replaced by doubles when a larger number arrives. */
export class Numbers {
  #column: Growable<Uint32Array> | Growable<Float64Array> = new Growable(Uint32Array);

  push(value: number): void {
    if (value > 0xffff_ffff && this.#column.data instanceof Uint32Array) {
      const wide = new Growable(Float64Array, this.#column.data.length);
      for (let i = 0; i < this.#column.length; i++) wide.push(this.#column.data[i] as number);
      this.#column = wide;
    }
    this.#column.push(value);
  }

  reserve(more: number): void {
    this.#column.reserve(more);
  }

  take(): Uint32Array | Float64Array {
    return this.#column.take();
  }
}

/** Collects the nodes of a dump. */
export class NodeRows {
  readonly kind = new Growable(Uint8Array);
  readonly name = new Growable(Uint32Array);
  readonly id = new Numbers();
  readonly selfSize = new Numbers();
  /** Entry v + 1: the number of edges of nodes 0 to v. */
  readonly edgesUpTo = new Growable(Uint32Array);
  readonly address: Growable<Uint32Array> | null;
  readonly refcount: Growable<Uint32Array> | null;
  readonly generation: Growable<Uint8Array> | null;
  #edges = 0;
  #highestName = 0;

  constructor(private readonly meta: Meta) {
    const optional = (place: number) => (place < 0 ? null : new Growable(Uint32Array));
    this.address = optional(meta.node.address);
    this.refcount = optional(meta.node.refcount);
    this.generation = meta.node.generation < 0 ? null : new Growable(Uint8Array);
    this.edgesUpTo.push(0);
  }

  /** Sum of the edge counts of the rows so far. */
  get edges(): number {
    return this.#edges;
  }
  get highestName(): number {
    return this.#highestName;
  }

  reserve(rows: number): void {
    for (const column of [this.kind, this.name, this.id, this.selfSize, this.edgesUpTo, this.address, this.refcount])
      column?.reserve(rows);
  }

  take(block: Float64Array, rows: number, refuse: Refuse): void {
    const { node, nodeWidth, nodeTypes, edgeCount } = this.meta;
    for (let row = 0; row < rows; row++) {
      const at = row * nodeWidth;
      const kind = block[at + node.type] as number;
      const name = block[at + node.name] as number;
      if (kind >= nodeTypes.length) refuse(`A node has type ${kind}, but there are ${nodeTypes.length} types`);
      if (name > 0xffff_fffe) refuse(`A node has the invalid name ${name}`);
      if (name > this.#highestName) this.#highestName = name;
      this.#edges += block[at + node.edge_count] as number;
      if (this.#edges > edgeCount) refuse(`The nodes have more edges than edge_count says: ${edgeCount}`);
      this.kind.push(kind);
      this.name.push(name);
      this.id.push(block[at + node.id] as number);
      this.selfSize.push(block[at + node.self_size] as number);
      this.edgesUpTo.push(this.#edges);
      if (this.address) this.address.push(within(block[at + node.address] as number, 0xffff_ffff, "address", refuse));
      if (this.refcount)
        this.refcount.push(within(block[at + node.refcount] as number, 0xffff_ffff, "refcount", refuse));
      if (this.generation) {
        const generation = within(block[at + node.generation] as number, 0xff, "generation", refuse);
        this.generation.push(generation > 2 ? NO_GENERATION : generation);
      }
    }
  }
}

function within(value: number, most: number, what: string, refuse: Refuse): number {
  return value > most ? refuse(`A node has the ${what} ${value}`) : value;
}

/** How an edge type affects its target's life, and what its label means. */
function kindOf(type: string): number {
  switch (type) {
    case "element":
      return EdgeLabel.INDEX;
    case "hidden":
      return EdgeLabel.INDEX | EDGE_INTERNAL;
    case "internal":
      return EdgeLabel.NAME | EDGE_INTERNAL;
    case "weak":
      return EdgeLabel.NAME | EdgeStrength.WEAK;
    case "context":
    case "property":
    case "shortcut":
      return EdgeLabel.NAME;
    default: // A type that V8 did not have when this was written: strong, as its tools have it.
      return EdgeLabel.INDEX;
  }
}

/** Collects the edges of a dump. */
export class EdgeRows {
  readonly target = new Growable(Uint32Array);
  readonly label = new Growable(Uint32Array);
  readonly kind = new Growable(Uint8Array);
  /** The few edges that are shortcuts. */
  readonly shortcuts: number[] = [];
  #highestName = 0;
  readonly #kinds: Uint8Array;
  readonly #shortcut: number;

  constructor(private readonly meta: Meta) {
    this.#kinds = Uint8Array.from(meta.edgeTypes, kindOf);
    this.#shortcut = meta.edgeTypes.indexOf("shortcut");
  }

  get highestName(): number {
    return this.#highestName;
  }

  reserve(rows: number): void {
    for (const column of [this.target, this.label, this.kind]) column.reserve(rows);
  }

  take(block: Float64Array, rows: number, refuse: Refuse): void {
    const { edge, edgeWidth, edgeTypes, nodeWidth, nodeCount } = this.meta;
    for (let row = 0; row < rows; row++) {
      const at = row * edgeWidth;
      const type = block[at + edge.type] as number;
      const label = block[at + edge.name_or_index] as number;
      const target = (block[at + edge.to_node] as number) / nodeWidth;
      if (type >= edgeTypes.length) refuse(`An edge has type ${type}, but there are ${edgeTypes.length} types`);
      if (target >= nodeCount || target !== Math.floor(target))
        refuse(`An edge leads to offset ${target * nodeWidth}, where there is no node`);
      if (label > 0xffff_fffe) refuse(`An edge has the invalid name ${label}`);
      const kind = this.#kinds[type] as number;
      const isName = (kind & LABEL_MASK) === EdgeLabel.NAME;
      if (isName && label > this.#highestName) this.#highestName = label;
      if (type === this.#shortcut) this.shortcuts.push(this.target.length);
      this.target.push(target);
      // Index 0 of a graph is the empty string, so V8's strings are shifted by one.
      this.label.push(isName ? label + 1 : label);
      this.kind.push(kind);
    }
  }
}
