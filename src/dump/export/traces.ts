import type { HeapGraph } from "../graph/graph.js";

/** Maximal number of frames of a site in a file, counted from the innermost. */
const DEEPEST = 64;

/** A call: a node in the tree of allocation stacks. */
interface Call {
  readonly id: number;
  /** Index of the called function. */
  readonly place: number;
  count: number;
  size: number;
  readonly callees: Map<number, Call>;
}

interface Place {
  readonly name: string;
  readonly script: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The sites of a graph as V8's allocation stacks: a tree of calls, from the outermost to the innermost. Objects refer to
 * its nodes. Chrome DevTools shows them as "Allocation stack" and sums them in its Allocation view.
 */
export class TraceTree {
  readonly places: Place[] = [{ name: "(root)", script: "", line: 0, column: 0 }];
  readonly #placeOf = new Map<string, number>();
  readonly #root: Call = { id: 1, place: 0, count: 0, size: 0, callees: new Map() };
  /** By index of a site's text: the id of its call. 0: not added yet. */
  readonly #idOf: Uint32Array;
  readonly #site: Uint32Array | null;
  #calls = 1;

  constructor({ nodes, strings }: HeapGraph) {
    this.#site = nodes.site;
    this.#idOf = new Uint32Array(strings.length);
    const leaves: Call[] = [];
    for (let v = 0; v < nodes.count; v++) {
      const site = nodes.site?.[v] ?? 0;
      if (site === 0) continue;
      leaves[site] ??= this.#enter(strings[site] as string);
      const leaf = leaves[site];
      this.#idOf[site] = leaf.id;
      leaf.count++;
      leaf.size += nodes.selfSize[v] as number;
    }
  }

  /** The id of the call that allocated a node; 0 if unknown. */
  idOf(v: number): number {
    return this.#idOf[this.#site?.[v] ?? 0] as number;
  }

  #enter(site: string): Call {
    let call = this.#root;
    for (const frame of site.split("\n", DEEPEST).reverse()) {
      const place = this.#place(frame.trim());
      let callee = call.callees.get(place);
      if (!callee)
        call.callees.set(place, (callee = { id: ++this.#calls, place, count: 0, size: 0, callees: new Map() }));
      call = callee;
    }
    return call;
  }

  #place(frame: string): number {
    let index = this.#placeOf.get(frame);
    if (index !== undefined) return index;
    const [, name, script = "", line, column] = /^at (?:(.*) \()?(.*?):(\d{1,9}):(\d{1,9})\)?$/.exec(frame) ?? [];
    index = this.places.length;
    this.places.push({
      name: script === "" ? frame : (name ?? "(anonymous)"),
      script,
      line: Number(line ?? 0),
      column: Number(column ?? 0),
    });
    this.#placeOf.set(frame, index);
    return index;
  }

  /** The tree, nested like in V8: `id, place, count, size, [callees]`. It is at most as deep as the longest stack kept. */
  *tree(): Generator<string, void> {
    yield* nested(this.#root);
  }
}

function* nested(call: Call): Generator<string, void> {
  yield `${call.id},${call.place},${call.count},${call.size},[`;
  let isFirst = true;
  for (const callee of call.callees.values()) {
    if (!isFirst) yield ",";
    isFirst = false;
    yield* nested(callee);
  }
  yield "]";
}
