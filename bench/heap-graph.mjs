// A heap as a program might have it, as columns: for measuring the analysis of dumps at any size.
//
// Objects are born into a tree of containers. Each refers to a few others: the parent's next child, often its
// parent, sometimes something from far away, and one of some hubs that a great part of the heap knows.

/** @returns {import("heapwright/dump").HeapGraph} with `count` nodes and about 2.9 references each. */
export function syntheticHeap(count, seed = 1) {
  let state = seed;
  const random = (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * bound);
  };
  const hubs = Math.min(200, count >> 3);
  const typeNames = Array.from({ length: 300 }, (_, i) => `Type${i}`);
  const parent = new Uint32Array(count);
  const degree = new Uint32Array(count + 1);
  const shape = new Uint8Array(count);
  for (let v = 1; v < count; v++) {
    // Mostly into something recent, as a program does that fills one container after the other.
    parent[v] = v <= hubs || random(20) === 0 ? random(v) : v - 1 - random(Math.min(v, 64));
    shape[v] = (random(10) < 7 ? 1 : 0) | (random(10) < 8 ? 2 : 0) | (random(10) < 4 ? 4 : 0);
    degree[parent[v]]++;
    degree[v] += (shape[v] & 1) + ((shape[v] >> 1) & 1) + ((shape[v] >> 2) & 1);
  }
  const firstEdge = new Uint32Array(count + 1);
  for (let v = 0; v < count; v++) firstEdge[v + 1] = firstEdge[v] + degree[v];
  const edges = firstEdge[count];
  const target = new Uint32Array(edges);
  const label = new Uint32Array(edges);
  const next = firstEdge.slice(0, count);
  const add = (v, w) => {
    label[next[v]] = next[v] - firstEdge[v];
    target[next[v]++] = w;
  };
  const id = new Uint32Array(count);
  const type = new Uint32Array(count);
  const selfSize = new Uint32Array(count);
  for (let v = 0; v < count; v++) {
    id[v] = 2 * v + 1;
    type[v] = random(typeNames.length);
    selfSize[v] = 16 + 8 * random(12);
    if (v === 0) continue;
    add(parent[v], v);
    if (shape[v] & 1) add(v, random(hubs));
    if (shape[v] & 2) add(v, parent[v]);
    if (shape[v] & 4) add(v, random(count));
  }
  return {
    source: "builder",
    nodes: {
      count,
      id,
      address: null,
      type,
      label: new Uint32Array(count),
      selfSize,
      refcount: null,
      outside: null,
      generation: null,
      flags: new Uint16Array(count),
      site: null,
      firstEdge,
    },
    edges: { count: edges, target, label, kind: new Uint8Array(edges) },
    roots: {
      count: 1,
      target: new Uint32Array(1),
      kind: new Uint8Array([1]),
      name: new Uint32Array(1),
      references: new Uint32Array(1),
    },
    types: typeNames.map((name) => ({ name, kind: "struct", fields: [] })),
    strings: [""],
    contents: null,
    memory: null,
  };
}
