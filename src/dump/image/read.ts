import {
  EPHEMERON_MAP_OFFSET,
  FLAG_FINALIZED,
  FLAG_HAS_WEAKREFS,
  FLAG_OLD,
  FLAG_TRACKED,
  IMMORTAL_REFCOUNT,
  KIND_LIST,
  KIND_TABLE,
  SLOTS_BUFFER_OFFSET,
  TYPE_EPHEMERON,
  TYPE_FLOAT,
  TYPE_INT,
  TYPE_MASK,
  TYPE_STR,
  TYPE_TUPLE,
  WEAKREF_REFERENT_OFFSET,
} from "../../../assembly/layout.js";
import { bytesOf, viewOf } from "../../image/byte-source.js";
import type { ByteSource, Bytes } from "../../image/byte-source.js";
import { checkImage } from "../../image/check/check.js";
import type { CheckedImage } from "../../image/check/check.js";
import { HANDLE_WORDS, SITE_WORDS } from "../../image/image.js";
import { checkGraph } from "../graph/check.js";
import { EDGE_INTERNAL, EdgeLabel, EdgeStrength, NO_GENERATION, NO_NODE, NodeFlag, RootKind } from "../graph/graph.js";
import type { HeapGraph, RootColumns } from "../graph/graph.js";
import { Growable } from "../graph/growable.js";
import { EdgeWalk } from "./edges.js";
import { contentsOf, labelOfNumber, labelOfText } from "./labels.js";
import { memoryMapOf } from "./memory-map.js";
import { StringTable } from "./strings.js";
import { typesOf } from "./types.js";

/**
 * Reads a heap image as a graph: all objects with their address, refcount, generation and text, all references, the roots,
 * and the use of memory. It needs no WebAssembly. It checks the image as `restore` does, so the image may come from an
 * untrusted source.
 *
 * @example
 * const graph = await readImage(await readFile("program.heap"));
 * graph.source; // "image"
 *
 * @throws {@link BadImageError} if the image is damaged or of another version.
 */
export async function readImage(source: ByteSource): Promise<HeapGraph> {
  return readImageSync(await bytesOf(source));
}

/**
 * Reads an image of a heap at once. The image must be bytes.
 *
 * @example
 * const graph = readImageSync(await readFile("program.heap"));
 * graph.source; // "image"
 *
 * @throws {@link BadImageError} if the image is damaged or of another version.
 */
export function readImageSync(bytes: Bytes): HeapGraph {
  const graph = new GraphReader(checkImage(viewOf(bytes))).read();
  checkGraph(graph);
  return graph;
}

/** Maximal number of strings in a graph. Further texts have no label, but can still be compared by their contents. */
const MOST_STRINGS = 2 ** 22;

class GraphReader {
  readonly #checked: CheckedImage;
  readonly #strings = new StringTable(MOST_STRINGS);

  constructor(checked: CheckedImage) {
    this.#checked = checked;
  }

  read(): HeapGraph {
    const { image, population, holders } = this.#checked;
    const count = population.count;
    const id = new Float64Array(count);
    const type = new Uint32Array(count);
    const label = new Uint32Array(count);
    const selfSize = new Float64Array(count);
    const refcount = new Uint32Array(count);
    const generation = new Uint8Array(count).fill(NO_GENERATION);
    const flags = new Uint16Array(count);
    const offset = new Uint32Array(count).fill(NO_NODE);
    const length = new Uint32Array(count);
    const { types, indexOf } = typesOf(image);
    for (let v = 0; v < count; v++) {
      const object = population.addresses[v] as number;
      const at = image.at(object);
      const info = image.words[at + 1] as number;
      const typeId = info & TYPE_MASK;
      type[v] = indexOf(typeId);
      refcount[v] = image.words[at] as number;
      selfSize[v] = this.#sizeOf(object, typeId);
      flags[v] = flagsOf(refcount[v] as number, info, typeId);
      if ((info & FLAG_OLD) !== 0) {
        const birth = (image.words[at - 1] as number) * 2 ** 32 + (image.words[at - 2] as number);
        id[v] = birth + 1;
        generation[v] = 2;
        if (birth < image.control.frozenUpTo) flags[v] = (flags[v] as number) | NodeFlag.FROZEN;
      }
      const contents = contentsOf(image.words, at, typeId);
      if (contents !== undefined) [offset[v], length[v]] = contents;
      if (typeId === TYPE_STR) {
        const { text, isWhole } = labelOfText(image.frame.bytes, contents as [number, number]);
        const index = (label[v] = this.#strings.indexOf(text));
        // `indexOf` also returns 0 when the table of strings is full.
        if (isWhole && (index !== 0 || text === "")) flags[v] = (flags[v] as number) | NodeFlag.TEXT;
      } else if (typeId === TYPE_INT || typeId === TYPE_FLOAT)
        label[v] = this.#strings.indexOf(labelOfNumber(image.words, at, typeId));
    }
    this.#readYoung(generation);
    const { firstEdge, edges } = this.#readEdges();
    return {
      source: "image",
      nodes: {
        count,
        id,
        address: population.addresses,
        type,
        label,
        selfSize,
        refcount,
        outside: holders.outside,
        generation,
        flags,
        site: this.#readSites(),
        firstEdge,
      },
      edges,
      roots: this.#readRoots(flags),
      types,
      strings: this.#strings.texts,
      contents: { bytes: image.frame.bytes, offset, length },
      memory: memoryMapOf(image),
    };
  }

  /** Size of an object's block plus the size of its buffer. */
  #sizeOf(object: number, typeId: number): number {
    const { image } = this.#checked;
    const kind = image.types[typeId]?.kind;
    const own = image.runAt(object).blockSize;
    if (kind !== KIND_LIST && kind !== KIND_TABLE) return own;
    const buffer = image.word(object + SLOTS_BUFFER_OFFSET);
    return buffer === 0 ? own : own + image.runAt(buffer).blockSize;
  }

  #readYoung(generation: Uint8Array): void {
    const { image, population } = this.#checked;
    image.young.forEach((first, index) => {
      for (let object = first; object !== 0; object = image.word(object - 8))
        generation[population.find(object)] = index;
    });
  }

  #readEdges(): { firstEdge: Uint32Array; edges: HeapGraph["edges"] } {
    const { image, population } = this.#checked;
    const { count } = population;
    const firstEdge = new Uint32Array(count + 1);
    const walk = new EdgeWalk(image, population, this.#strings);
    // First the references of an object, then the entries of weak maps with the object as key.
    for (let v = 0; v < count; v++) firstEdge[v + 1] = walk.degreeOf(v);
    this.#eachEntry((_, key) => {
      firstEdge[key + 1] = (firstEdge[key + 1] as number) + 1;
    });
    for (let v = 0; v < count; v++) firstEdge[v + 1] = (firstEdge[v + 1] as number) + (firstEdge[v] as number);
    const total = firstEdge[count] as number;
    const edges = { target: new Uint32Array(total), label: new Uint32Array(total), kind: new Uint8Array(total) };
    const next = new Uint32Array(count);
    for (let v = 0; v < count; v++) next[v] = walk.write(v, edges, firstEdge[v] as number);
    const name = this.#strings.indexOf("entry of a weak map");
    this.#eachEntry((entry, key) => {
      const place = next[key] as number;
      next[key] = place + 1;
      edges.target[place] = entry;
      edges.label[place] = name;
      edges.kind[place] = EdgeStrength.EPHEMERON_KEY | EdgeLabel.NAME | EDGE_INTERNAL;
    });
    return { firstEdge, edges: { count: total, ...edges } };
  }

  /** Visits every entry of a weak map, with its key. */
  #eachEntry(visit: (entry: number, key: number) => void): void {
    const { image, population } = this.#checked;
    for (let v = 0; v < population.count; v++) {
      const object = population.addresses[v] as number;
      if ((image.word(object + 4) & TYPE_MASK) !== TYPE_EPHEMERON || image.word(object + EPHEMERON_MAP_OFFSET) === 0)
        continue;
      visit(v, population.find(image.word(object + WEAKREF_REFERENT_OFFSET)));
    }
  }

  #siteAt(index: number): number {
    return index === 0 ? 0 : this.#strings.indexOf(this.#checked.image.meta.sites[index - 1] as string);
  }

  #readSites(): Uint32Array | null {
    const { image, population } = this.#checked;
    const rows = image.rows("SITE", SITE_WORDS);
    if (rows.length === 0) return null;
    const site = new Uint32Array(population.count);
    for (let row = 0; row < rows.length; row += SITE_WORDS)
      site[population.find(rows[row] as number)] = this.#siteAt(rows[row + 1] as number);
    return site;
  }

  #readRoots(flags: Uint16Array): RootColumns {
    const { image, population } = this.#checked;
    const target = new Growable(Uint32Array);
    const kind = new Growable(Uint8Array);
    const name = new Growable(Uint32Array);
    const references = new Growable(Uint32Array);
    const isImmortal = (v: number): boolean => ((flags[v] as number) & NodeFlag.IMMORTAL) !== 0;
    const add = (v: number, itsKind: number, itsName: number): void => {
      target.push(v);
      kind.push(itsKind);
      name.push(itsName);
      references.push(isImmortal(v) ? 0 : 1);
    };
    for (const [root, object] of image.meta.roots)
      add(population.find(object), RootKind.NAMED, this.#strings.indexOf(root));
    const rows = image.rows("HAND", HANDLE_WORDS);
    for (let row = 0; row < rows.length; row += HANDLE_WORDS)
      add(population.find(rows[row] as number), RootKind.HANDLE, this.#siteAt(rows[row + 1] as number));
    const { garbage } = image.control;
    if (garbage !== 0) add(population.find(garbage), RootKind.RUNTIME, this.#strings.indexOf("gc.garbage"));
    for (let v = 0; v < population.count; v++) if (isImmortal(v)) add(v, RootKind.IMMORTAL, 0);
    return {
      count: target.length,
      target: target.take(),
      kind: kind.take(),
      name: name.take(),
      references: references.take(),
    };
  }
}

function flagsOf(refcount: number, info: number, typeId: number): number {
  return (
    (refcount === IMMORTAL_REFCOUNT ? NodeFlag.IMMORTAL : 0) |
    ((info & FLAG_TRACKED) !== 0 ? NodeFlag.TRACKED : 0) |
    ((info & FLAG_FINALIZED) !== 0 ? NodeFlag.FINALIZED : 0) |
    ((info & FLAG_HAS_WEAKREFS) !== 0 ? NodeFlag.HAS_WEAKREFS : 0) |
    (typeId === TYPE_TUPLE ? NodeFlag.IMMUTABLE : 0)
  );
}
