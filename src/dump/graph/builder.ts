import { BadValueError, describe } from "../../base/errors.js";
import { Growable } from "./growable.js";
import { EdgeLabel, EdgeStrength, NO_GENERATION, NO_NODE, RootKind } from "./graph.js";
import type { Contents, GraphType, HeapGraph, MemoryMap } from "./graph.js";

/** What {@link GraphBuilder.node} may be given for a node. */
export interface NodeInit {
  /** Default: 2 · ordinal + 1. */
  id?: number;
  /** Default 0. A graph has addresses, refcounts … if any of its nodes was given one. */
  address?: number;
  /** The node's text or name. Default: none. */
  label?: string;
  /** Bytes. Default 16. */
  size?: number;
  /** The number of references to it. Default 0. */
  refcount?: number;
  /** The part of `refcount` from outside the heap. Default 0. */
  outside?: number;
  /** 0, 1 or 2. Default: {@link NO_GENERATION}. */
  generation?: number;
  /** Bits of {@link NodeFlag}. Default 0. */
  flags?: number;
  /** Stack of the allocation, one frame per line. Default: unknown. */
  site?: string;
  /** Raw contents, for the search for duplicates. They are copied when the graph is built. */
  contents?: Uint8Array;
}

/** Columns a graph has if one of its nodes does. */
const OPTIONAL = ["address", "refcount", "outside", "generation", "site", "contents"] as const;

/** What {@link GraphBuilder.edge} may be given for an edge: a string is its name, a number an index. Default: the next index. */
export interface EdgeInit {
  /** A name, or an index. Default: the next index. */
  label?: string | number;
  /** Read a number as a slot of the source's type. */
  slot?: boolean;
  /** An {@link EdgeStrength}. */
  strength?: number;
  /** {@link EDGE_INTERNAL}, {@link EDGE_ASIDE}, or both or'ed. Default 0. */
  internal?: number;
}

/**
 * Makes a {@link HeapGraph} from nodes and edges, given in any order.
 *
 * @example
 * const build = new GraphBuilder();
 * const list = build.node("list"), item = build.node("str", { label: "hello", size: 24 });
 * build.edge(list, item);
 * build.root(list, RootKind.NAMED, "cache");
 * const graph = build.build();
 */
export class GraphBuilder {
  readonly #strings = new Map<string, number>([["", 0]]);
  readonly #types: GraphType[] = [];
  readonly #typeOf = new Map<string, number>();
  readonly #id = new Growable(Float64Array);
  readonly #address = new Growable(Uint32Array);
  readonly #type = new Growable(Uint32Array);
  readonly #label = new Growable(Uint32Array);
  readonly #size = new Growable(Float64Array);
  readonly #refcount = new Growable(Uint32Array);
  readonly #outside = new Growable(Uint32Array);
  readonly #generation = new Growable(Uint8Array);
  readonly #flags = new Growable(Uint16Array);
  readonly #site = new Growable(Uint32Array);
  readonly #contentOffset = new Growable(Uint32Array);
  readonly #contentLength = new Growable(Uint32Array);
  readonly #content = new Growable(Uint8Array);
  readonly #from = new Growable(Uint32Array);
  readonly #to = new Growable(Uint32Array);
  readonly #edgeLabel = new Growable(Uint32Array);
  readonly #edgeKind = new Growable(Uint8Array);
  readonly #degree = new Growable(Uint32Array);
  readonly #rootTarget = new Growable(Uint32Array);
  readonly #rootKind = new Growable(Uint8Array);
  readonly #rootName = new Growable(Uint32Array);
  readonly #rootReferences = new Growable(Uint32Array);
  readonly #known = new Set<(typeof OPTIONAL)[number]>();
  #memory: MemoryMap | null = null;

  /**
   * The index of a string, which is stored once.
   *
   * @example
   * const build = new GraphBuilder();
   * build.string("cache") === build.string("cache"); // true
   */
  string(text: string): number {
    let index = this.#strings.get(text);
    if (index === undefined) this.#strings.set(text, (index = this.#strings.size));
    return index;
  }

  /**
   * The index of a type; `kind` and `fields` count the first time it is named.
   *
   * @example
   * const build = new GraphBuilder();
   * const user = build.type("User", "struct", ["name"]);
   * build.node(user); // 0: the first node
   */
  type(name: string, kind = "struct", fields: readonly string[] = []): number {
    const key = `${kind}\0${name}`;
    let index = this.#typeOf.get(key);
    if (index === undefined) {
      this.#typeOf.set(key, (index = this.#types.length));
      this.#types.push({ name, kind, fields });
    }
    return index;
  }

  /**
   * Adds a node, and returns its ordinal. `type` is a name or an index.
   *
   * @example
   * const build = new GraphBuilder();
   * build.node("str", { label: "hello", size: 24 }); // 0
   * build.node("list"); // 1
   */
  node(type: string | number, init: NodeInit = {}): number {
    const ordinal = this.#id.length;
    const index = typeof type === "string" ? this.type(type) : type;
    if (this.#types[index] === undefined) throw new BadValueError(`No type has the index ${describe(type)}`);
    this.#id.push(init.id ?? 2 * ordinal + 1);
    this.#type.push(index);
    this.#label.push(this.string(init.label ?? ""));
    this.#size.push(init.size ?? 16);
    this.#flags.push(init.flags ?? 0);
    this.#address.push(init.address ?? 0);
    this.#refcount.push(init.refcount ?? 0);
    this.#outside.push(init.outside ?? 0);
    this.#generation.push(init.generation ?? NO_GENERATION);
    this.#site.push(this.string(init.site ?? ""));
    this.#contentOffset.push(init.contents ? this.#content.length : NO_NODE);
    this.#contentLength.push(init.contents?.length ?? 0);
    for (const byte of init.contents ?? []) this.#content.push(byte);
    this.#degree.push(0);
    for (const column of OPTIONAL) if (init[column] !== undefined) this.#known.add(column);
    return ordinal;
  }

  /**
   * Adds an edge, behind those that `from` has. Both ends must be there when the graph is built.
   *
   * @example
   * const build = new GraphBuilder();
   * const dict = build.node("dict"), value = build.node("str");
   * build.edge(dict, value, "greeting");
   * edgeName(build.build(), dict, 0); // "greeting"
   */
  edge(from: number, to: number, init: EdgeInit | string | number = {}): void {
    const { label, slot, strength, internal } = typeof init === "object" ? init : { label: init };
    const degree = this.#degree.data[from];
    if (degree === undefined || from >= this.#degree.length) throw new BadValueError(`No node has the ordinal ${from}`);
    const form = typeof label === "string" ? EdgeLabel.NAME : slot ? EdgeLabel.SLOT : EdgeLabel.INDEX;
    this.#from.push(from);
    this.#to.push(to);
    this.#edgeLabel.push(typeof label === "string" ? this.string(label) : (label ?? degree));
    this.#edgeKind.push((strength ?? EdgeStrength.STRONG) | form | (internal ?? 0));
    this.#degree.data[from] = degree + 1;
  }

  /**
   * Adds a row to the roots.
   *
   * @example
   * const build = new GraphBuilder();
   * build.root(build.node("list"), RootKind.NAMED, "cache");
   * rootName(build.build(), 0); // "named root cache"
   */
  root(target: number, kind: number = RootKind.HANDLE, name = "", references = 1): void {
    this.#rootTarget.push(target);
    this.#rootKind.push(kind);
    this.#rootName.push(this.string(name));
    this.#rootReferences.push(references);
  }

  /**
   * Says how memory is divided.
   *
   * @example
   * const build = new GraphBuilder();
   * build.memory(graph.memory!); // of another dump
   * memoryUse(build.build())?.bytes === graph.memory!.bytes; // true
   */
  memory(map: MemoryMap): void {
    this.#memory = map;
  }

  /**
   * The graph. Nothing can be added afterwards.
   *
   * @example
   * const build = new GraphBuilder();
   * build.node("list");
   * build.build().nodes.count; // 1
   */
  build(): HeapGraph {
    const count = this.#id.length;
    const edges = this.#from.length;
    for (const [column, what] of [
      [this.#to, "edge"],
      [this.#rootTarget, "root"],
    ] as const)
      for (let row = 0; row < column.length; row++)
        if ((column.data[row] as number) >= count)
          throw new BadValueError(
            `${what} ${row} refers to node ${String(column.data[row])}, but there are ${count} nodes`,
          );

    // Counting sort by source. It is stable, so slots stay in order.
    const firstEdge = new Uint32Array(count + 1);
    for (let v = 0; v < count; v++) firstEdge[v + 1] = (firstEdge[v] as number) + (this.#degree.data[v] as number);
    const next = firstEdge.slice();
    const target = new Uint32Array(edges);
    const label = new Uint32Array(edges);
    const kind = new Uint8Array(edges);
    for (let row = 0; row < edges; row++) {
      const source = this.#from.data[row] as number;
      const place = next[source] as number;
      next[source] = place + 1;
      target[place] = this.#to.data[row] as number;
      label[place] = this.#edgeLabel.data[row] as number;
      kind[place] = this.#edgeKind.data[row] as number;
    }
    const known = this.#known;
    const contents: Contents = {
      bytes: this.#content.take(),
      offset: this.#contentOffset.take(),
      length: this.#contentLength.take(),
    };
    return {
      source: "builder",
      nodes: {
        count,
        id: this.#id.take(),
        address: known.has("address") ? this.#address.take() : null,
        type: this.#type.take(),
        label: this.#label.take(),
        selfSize: this.#size.take(),
        refcount: known.has("refcount") ? this.#refcount.take() : null,
        outside: known.has("outside") ? this.#outside.take() : null,
        generation: known.has("generation") ? this.#generation.take() : null,
        flags: this.#flags.take(),
        site: known.has("site") ? this.#site.take() : null,
        firstEdge,
      },
      edges: { count: edges, target, label, kind },
      roots: {
        count: this.#rootTarget.length,
        target: this.#rootTarget.take(),
        kind: this.#rootKind.take(),
        name: this.#rootName.take(),
        references: this.#rootReferences.take(),
      },
      types: this.#types,
      strings: [...this.#strings.keys()],
      contents: known.has("contents") ? contents : null,
      memory: this.#memory,
    };
  }
}
