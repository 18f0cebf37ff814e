import { TABLE_BUFFERS } from "../../src/wasm/control-fields.js";
import { expect, test } from "vitest";
import {
  EdgeStrength,
  NodeFlag,
  NO_GENERATION,
  RegionKind,
  RootKind,
  STRENGTH_MASK,
  edgeName,
  finish,
  memoryUse,
  reachability,
  readImage,
  readImageSync,
} from "../../src/dump.js";
import type { HeapGraph } from "../../src/dump.js";
import { Heap } from "../../src/index.js";
import type { Handle } from "../../src/index.js";
import { save, saveStream } from "../../src/image.js";
import { referentsOf } from "../../src/object/referents.js";
import { Image } from "../../src/image/image.js";
import { codeOf } from "../support/heap.js";
import { seedOf, seededRandom } from "../support/random.js";
import { richImage, tampered } from "./hostile.js";
import { ImageProgram } from "./program.js";

/** Targets of a node's edges of one strength, by address. */
function targetsOf({ nodes, edges }: HeapGraph, v: number, strength: number): number[] {
  const found: number[] = [];
  for (let e = nodes.firstEdge[v] as number; e < (nodes.firstEdge[v + 1] as number); e++)
    if (((edges.kind[e] as number) & STRENGTH_MASK) === strength)
      found.push((nodes.address as Uint32Array)[edges.target[e] as number] as number);
  return found.sort((a, b) => a - b);
}

/** Bytes of the buffers of the heap's own tables. */
function tableBuffers(bytes: Uint8Array): number {
  const image = new Image(bytes);
  const buffers = TABLE_BUFFERS.map((field) => image.control[field]).filter((buffer) => buffer !== 0);
  return buffers.reduce((sum, buffer) => sum + image.runAt(buffer).blockSize, 0);
}

/** What an image says, object by object, against the heap it was taken of. */
function compare(heap: Heap, bytes: Uint8Array, graph: HeapGraph): void {
  const { store } = heap.scope(() => heap.none);
  const { core } = store;
  const { nodes } = graph;
  let v = 0;
  for (let object = core.nextObject(0) >>> 0; object !== 0; object = core.nextObject(object) >>> 0, v++) {
    const isImmortal = store.isImmortal(object);
    const flags = nodes.flags[v] as number;
    expect([
      nodes.address?.[v],
      graph.types[nodes.type[v] as number]?.name,
      nodes.refcount?.[v],
      nodes.outside?.[v],
      (flags & NodeFlag.IMMORTAL) !== 0,
      (flags & NodeFlag.TRACKED) !== 0,
      nodes.selfSize[v],
      ...targetsOf(graph, v, EdgeStrength.STRONG),
    ]).toEqual([
      object,
      store.typeAt(object).name,
      core.refcount(object) >>> 0,
      isImmortal ? 0 : core.roots(object) >>> 0,
      isImmortal,
      core.isTracked(object) !== 0,
      core.sizeOf(object) >>> 0,
      ...referentsOf(store, object).sort((a, b) => a - b),
    ]);
  }
  expect(v).toBe(nodes.count);
  const ofGeneration = (generation: number): number =>
    (nodes.generation as Uint8Array).filter((one) => one === generation).length;
  const isFrozen = (flags: number): boolean => (flags & NodeFlag.FROZEN) !== 0;
  const frozen = nodes.flags.filter(isFrozen).length;
  expect([ofGeneration(0), ofGeneration(1), ofGeneration(2) - frozen, frozen]).toEqual([
    heap.gc.getTrackedCount(0),
    heap.gc.getTrackedCount(1),
    heap.gc.getTrackedCount(2),
    heap.gc.getFreezeCount(),
  ]);
  expect((nodes.generation as Uint8Array).every((one) => one <= 2 || one === NO_GENERATION)).toBe(true);
  const weak = Array.from({ length: nodes.count }, (_, one) => targetsOf(graph, one, EdgeStrength.WEAK).length);
  expect(weak.reduce((a, b) => a + b)).toBe(heap.stats().weakrefs);
  // All memory is accounted for.
  const stats = heap.stats();
  const { memory } = graph;
  const use = memoryUse(graph);
  const reach = finish(reachability(graph));
  const objects = reach.live.bytes + reach.garbage.bytes + reach.leaked.bytes;
  const slack = (row: number): number =>
    (memory?.regions.bytes[row] as number) -
    (memory?.regions.blocks[row] as number) * (memory?.regions.blockBytes[row] as number);
  let overhead = tableBuffers(bytes);
  for (let row = 0; row < (memory?.regions.count ?? 0); row++) {
    const kind = memory?.regions.kind[row];
    if (kind === RegionKind.SPAN || kind === RegionKind.OVERHEAD) overhead += slack(row);
  }
  expect(use).toEqual({ bytes: stats.bytes.reserved, objects, free: use?.free, overhead });
  expect(objects + (use?.free as number) + overhead).toBe(memory?.bytes);
  expect(objects + tableBuffers(bytes)).toBe(stats.bytes.live);
}

test("a graph agrees with the heap about every object, and accounts for every byte", async () => {
  const first = seedOf(1);
  for (let seed = first; seed < first + 2; seed++) {
    const program = new ImageProgram(seed, {});
    for (let step = 1; step <= 300; step++) {
      program.step();
      if (step % 100 !== 0) continue;
      const image = save(program.heap);
      compare(program.heap, image, readImageSync(image));
    }
    expect(await readImage(saveStream(program.heap))).toEqual(readImageSync(save(program.heap)));
  }
});

test("names, roots, texts and weak maps are in the graph", () => {
  const heap = Heap.createSync({ traceHandles: true });
  const Person = heap.struct("Person", { age: "u8", title: "str", buddy: "ref" });
  const alice = Person.new({ title: "Alice", age: 30 });
  heap.roots.set("alice", alice);
  alice.buddy = alice;
  const map = heap.weakref.keyMap();
  map.set(alice, "note");
  const dict = heap.dict([
    ["answer", alice],
    [7, "seven"],
    [2.5, "x"],
  ]);
  const long = heap.str("é".repeat(500));
  heap.core.incref(alice.address); // and nobody knows of it
  const graph = readImageSync(save(heap));
  const { nodes, roots, strings } = graph;
  const of = (handle: Handle): number => (nodes.address as Uint32Array).indexOf(handle.address);
  const edgesOf = (handle: Handle): string[] => {
    const v = of(handle);
    const names: string[] = [];
    for (let e = nodes.firstEdge[v] as number; e < (nodes.firstEdge[v + 1] as number); e++)
      names.push(`${edgeName(graph, v, e)} → ${strings[nodes.label[graph.edges.target[e] as number] as number] ?? ""}`);
    return names;
  };
  expect(edgesOf(alice)).toEqual(["title → Alice", "buddy → ", "entry of a weak map → "]);
  expect(edgesOf(dict)).toEqual(["key → answer", "answer → ", "key → 7", "7 → seven", "key → 2.5", "value → x"]);
  expect(targetsOf(graph, of(alice), EdgeStrength.EPHEMERON_KEY)).toEqual(
    targetsOf(graph, of(map), EdgeStrength.EPHEMERON_MAP),
  );
  const rows = Array.from({ length: roots.count }, (_, row) => row).filter((row) => roots.target[row] === of(alice));
  expect(rows.map((row) => roots.kind[row])).toEqual([RootKind.NAMED, RootKind.HANDLE]);
  expect(strings[roots.name[rows[0] as number] as number]).toBe("alice");
  expect(strings[roots.name[rows[1] as number] as number]).toContain("graph.test");
  expect(nodes.outside?.[of(alice)]).toBe(3);
  expect(finish(reachability(graph)).garbage.count).toBe(0);
  const v = of(long);
  expect(strings[nodes.label[v] as number]).toBe(`${"é".repeat(100)}…`);
  expect((nodes.flags[v] as number) & NodeFlag.TEXT).toBe(0);
  expect(graph.contents?.length[v]).toBe(1000);
  heap.dispose();
});

test("a tampered image gives a graph or a named error", () => {
  const seed = seedOf(500);
  let refused = 0;
  for (let i = 0; i < 4; i++) {
    const random = seededRandom(seed + i);
    const image = richImage(seed + i, 150);
    for (let change = 0; change < 60; change++) {
      const code = codeOf(() => readImageSync(tampered(image, random, 1 + random(3))));
      if (code !== "no error") expect(code, `seed ${seed + i}, change ${change}`).toBe("BAD_IMAGE");
      if (code === "BAD_IMAGE") refused++;
    }
  }
  expect(refused).toBeGreaterThan(100);
});
