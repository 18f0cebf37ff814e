import { describe, expect, test } from "vitest";
import { writeHeapSnapshot } from "../../src/dump/export/heapsnapshot.js";
import { EdgeStrength, LABEL_MASK, NodeFlag, STRENGTH_MASK } from "../../src/dump/graph/graph.js";
import type { HeapGraph } from "../../src/dump/graph/graph.js";
import { edgeName, labelOf, typeName } from "../../src/dump/graph/names.js";
import { readHeapSnapshot } from "../../src/dump/v8/read.js";
import { randomGraph } from "../support/graphs.js";
import { seededRandom } from "../support/random.js";

/** A snapshot of four nodes: (root) ─► Box ─► "text", and from the text weakly back. */
function sample() {
  return {
    snapshot: {
      meta: {
        node_fields: ["type", "name", "id", "self_size", "edge_count", "trace_node_id", "detachedness"],
        node_types: [["synthetic", "object", "string", "closure"], "string", "number", "number", "number", "number"],
        edge_fields: ["type", "name_or_index", "to_node"],
        edge_types: [["element", "property", "weak", "internal", "shortcut"], "string_or_number", "node"],
      },
      node_count: 4,
      edge_count: 4,
    } as Record<string, unknown>,
    nodes: [
      [0, 0, 1, 0, 1, 0, 0],
      [1, 1, 3, 4294967296, 2, 0, 0],
      [2, 2, 5, 24, 1, 0, 0],
      [3, 3, 9007199254740991, 8, 0, 0, 0],
    ].flat(),
    edges: [
      [0, 7, 7],
      [1, 4, 14],
      [3, 4, 21],
      [2, 4, 7],
    ].flat(),
    samples: [[], { deep: '[{"' }, -1.5e3, null, "]"],
    strings: ["", "Box", "t\u00e9xt \u{1F600}", "fn", "value"],
  };
}
type Sample = ReturnType<typeof sample>;

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readHeapSnapshot([bytesOf(text)]);
const failure = async (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code?: string; message: string; offset?: number }) => error,
  );

function columns(graph: HeapGraph) {
  const { nodes, edges } = graph;
  return {
    types: Array.from({ length: nodes.count }, (_, v) => typeName(graph, v)),
    labels: Array.from({ length: nodes.count }, (_, v) => labelOf(graph, v)),
    id: [...nodes.id],
    size: [...nodes.selfSize],
    flags: [...nodes.flags],
    first: [...nodes.firstEdge],
    target: [...edges.target],
    kind: [...edges.kind],
    strings: [...graph.strings],
  };
}

test("nodes, edges, types and labels", async () => {
  const graph = await read(JSON.stringify(sample()));
  const { types, labels, id, size, first, target, kind, flags } = columns(graph);
  expect(types).toEqual(["(synthetic)", "Box", "(string)", "Function"]);
  expect(labels).toEqual(["", "", "t\u00e9xt \u{1F600}", "fn"]);
  expect(id).toEqual([1, 3, 5, 9007199254740991]);
  expect(size).toEqual([0, 4294967296, 24, 8]);
  expect(flags).toEqual([NodeFlag.SYNTHETIC, 0, NodeFlag.TEXT, 0]);
  expect(first).toEqual([0, 1, 3, 4, 4]);
  expect(target).toEqual([1, 2, 3, 1]);
  expect(kind.map((k) => k & STRENGTH_MASK)).toEqual([0, 0, 0, EdgeStrength.WEAK]);
  expect(edgeName(graph, 0, 0)).toBe("[7]");
  expect(edgeName(graph, 1, 1)).toBe("value");
  expect(kind.map((k) => k & LABEL_MASK)).toEqual([0, 8, 8, 8]);
});

describe("a dump is read however it is written", () => {
  test("with fields in another order, more fields, and more members", async () => {
    const expected = columns(await read(JSON.stringify(sample())));
    const other = sample();
    const order = [4, 2, 6, 0, 1, 3, 5];
    const { meta } = other.snapshot as { meta: Record<string, unknown[]> };
    meta.node_fields = [...order.map((i) => meta.node_fields?.[i]), "new"];
    meta.node_types = [...order.map((i) => meta.node_types?.[i] ?? "number"), "number"];
    const nodes: number[] = [];
    for (let v = 0; v < 4; v++) nodes.push(...order.map((i) => other.nodes[7 * v + i] as number), 99);
    const edges: number[] = [];
    for (let e = 0; e < 4; e++)
      edges.push(
        8 * ((other.edges[3 * e + 2] as number) / 7),
        other.edges[3 * e] as number,
        other.edges[3 * e + 1] as number,
      );
    meta.edge_fields = ["to_node", "type", "name_or_index"];
    meta.edge_types = ["node", meta.edge_types?.[0], "string_or_number"];
    const text = JSON.stringify(
      { snapshot: other.snapshot, strings: other.strings, before: { a: ["}"] }, edges, nodes, after: 1 },
      null,
      2,
    );
    expect(columns(await read(text))).toEqual(expected);
  });

  test("in chunks of any size, from iterables and streams", async () => {
    const file = Buffer.concat([...writeHeapSnapshot(randomGraph(7, 3000))]);
    const expected = columns(await readHeapSnapshot([file]));
    const random = seededRandom(3);
    for (const most of [1, 7, 1000]) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < file.length;) {
        const size = random(most + 1);
        chunks.push(file.subarray(at, at + size));
        at += size;
      }
      expect(columns(await readHeapSnapshot(chunks)), `chunks up to ${most}`).toEqual(expected);
    }
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(file.subarray(0, 100));
        controller.enqueue(file.subarray(100));
        controller.close();
      },
    });
    expect(columns(await readHeapSnapshot(stream, { bytes: file.length }))).toEqual(expected);
  });

  test("bytes at hand need no stream, and are read in slices; a Blob has one", async () => {
    const file = Buffer.concat([...writeHeapSnapshot(randomGraph(7, 3000))]);
    const expected = columns(await readHeapSnapshot([file]));
    const copy = Uint8Array.from(file);
    for (const bytes of [copy, copy.buffer, new DataView(copy.buffer)])
      expect(columns(await readHeapSnapshot(bytes))).toEqual(expected);
    const steps: number[] = [];
    const long = Buffer.concat([file, Buffer.alloc(3 << 20, " ")]);
    await readHeapSnapshot(long, { onProgress: ({ done }) => steps.push(done) });
    expect(steps.length).toBeGreaterThan(2);
    const blob = new Blob([copy]);
    await expect(readHeapSnapshot(blob as never)).rejects.toThrow("give its stream()");
    expect(columns(await readHeapSnapshot(blob.stream()))).toEqual(expected);
  });

  test("strings of all sorts, some larger than a chunk", async () => {
    const other = sample();
    other.strings[2] = `${'"\\\n\u0000'.repeat(10)}\ud800${"\u{1F600}".repeat(100_000)}`;
    other.strings.push("", "\\", '\\"');
    const file = bytesOf(JSON.stringify(other));
    const pieces = Array.from({ length: Math.ceil(file.length / 999) }, (_, i) =>
      file.subarray(999 * i, 999 * i + 999),
    );
    expect((await readHeapSnapshot(pieces)).strings).toEqual(["", ...other.strings]);
  });
});

describe("a damaged dump is rejected with the position of the damage", () => {
  const text = JSON.stringify(sample());

  test("when it is cut or changed anywhere", async () => {
    for (let length = 0; length < text.length; length++) {
      const error = await failure(read(text.slice(0, length)));
      expect(error, `cut at ${length}`).toMatchObject({ code: "BAD_IMAGE" });
    }
    const random = seededRandom(1);
    for (let round = 0; round < 3000; round++) {
      const bytes = bytesOf(text);
      bytes[random(bytes.length)] = random(256);
      const result = await failure(readHeapSnapshot([bytes]));
      if (result !== "no error") expect(result, `round ${round}`).toMatchObject({ code: "BAD_IMAGE" });
    }
  });

  const wrong: [string, RegExp, (sample: Sample) => void][] = [
    ["too few nodes", /node_count says 5/, ({ snapshot }) => (snapshot.node_count = 5)],
    ["too many nodes", /more nodes/, ({ snapshot }) => (snapshot.node_count = 3)],
    ["too few edges", /edge_count says 5/, ({ snapshot }) => (snapshot.edge_count = 5)],
    ["too many edges", /more edges/, ({ snapshot }) => (snapshot.edge_count = 3)],
    ["a count that lies by a lot", /node_count says 4294967294/, ({ snapshot }) => (snapshot.node_count = 4294967294)],
    ["no count", /node_count/, ({ snapshot }) => delete snapshot.node_count],
    ["a count that is none", /edge_count/, ({ snapshot }) => (snapshot.edge_count = "4")],
    ["a row that is not whole", /7 numbers/, ({ nodes }) => nodes.pop()],
    ["a negative number", /whole numbers/, ({ nodes }) => (nodes[3] = -1)],
    ["a fraction", /whole numbers/, ({ nodes }) => (nodes[3] = 1.5)],
    ["a number too large", /whole numbers/, ({ nodes }) => (nodes[3] = 2 ** 53)],
    ["an unknown type", /type 9, but there are 4/, ({ nodes }) => (nodes[7] = 9)],
    ["an unknown string", /string 5, but there are 5/, ({ nodes }) => (nodes[8] = 5)],
    ["an edge to nowhere", /where there is no node/, ({ edges }) => (edges[2] = 28)],
    ["an edge to the middle of a node", /where there is no node/, ({ edges }) => (edges[2] = 8)],
    ["an edge without a type", /type 7, but there are 5/, ({ edges }) => (edges[0] = 7)],
    ["an edge without a name", /string 99/, ({ edges }) => (edges[4] = 99)],
    ["too many edges of a node", /more edges/, ({ nodes }) => (nodes[4] = 2 ** 50)],
    ["a string that is none", /strings|string/, ({ strings }) => ((strings as unknown[])[1] = 5)],
    [
      "fields without an id",
      /lacks id/,
      ({ snapshot }) => (((snapshot.meta as Record<string, string[]>).node_fields as string[])[2] = "x"),
    ],
    [
      "types that are no list",
      /node_types/,
      ({ snapshot }) => ((snapshot.meta as Record<string, unknown>).node_types = 5),
    ],
    ["a root that is none", /root/, ({ snapshot }) => (snapshot.root_index = 28)],
  ];
  test.each(wrong)("%s", async (_, message, damage) => {
    const damaged = sample();
    damage(damaged);
    const error = await failure(read(JSON.stringify(damaged)));
    expect(error).toMatchObject({ code: "BAD_IMAGE" });
    expect((error as Error).message).toMatch(message);
  });

  test("not JSON", async () => {
    const inputs = [
      "",
      "{",
      "{}",
      "[]",
      "null",
      '"x"',
      "\u0000",
      `${text}x`,
      `${text}{}`,
      text.replace('"nodes":[', '"nodes":[,'),
    ];
    inputs.push(
      text.replace('"nodes":[0', '"nodes":[00'),
      text.replace('"nodes":[0,', '"nodes":[0 0,'),
      text.replace('"edges":[0', '"edges":[1e1'),
    );
    inputs.push(
      text.replace('"nodes":', '"edges":[],"nodes":'),
      text.replace('],"edges"', ',],"edges"'),
      text.replace('"Box"', '"B\nox"'),
    );
    for (const input of inputs)
      expect(await failure(read(input)), input.slice(0, 40)).toMatchObject({ code: "BAD_IMAGE" });
    const invalid = bytesOf(text);
    invalid[text.indexOf("Box")] = 0xff;
    expect(await failure(readHeapSnapshot([invalid]))).toMatchObject({ code: "BAD_IMAGE" });
  });

  test("the position is where the damage is", async () => {
    const at = text.indexOf("4294967296");
    const damaged = text.replace("4294967296", "-294967296");
    const error = await failure(readHeapSnapshot([bytesOf(damaged.slice(0, 300)), bytesOf(damaged.slice(300))]));
    expect(error).toMatchObject({ code: "BAD_IMAGE", offset: at });
  });
});

test("reading reports progress and can be cancelled", async () => {
  const file = Buffer.concat([...writeHeapSnapshot(randomGraph(7, 3000))]);
  const chunks = [file.subarray(0, 5000), file.subarray(5000, 9000), file.subarray(9000)];
  const seen: number[] = [];
  await readHeapSnapshot(chunks, { bytes: file.length, onProgress: ({ done }) => seen.push(done) });
  expect(seen.slice(0, 3)).toEqual([5000, 9000, file.length]);
  const controller = new AbortController();
  const work = readHeapSnapshot(chunks, { signal: controller.signal, onProgress: () => controller.abort("stop") });
  expect(await failure(work)).toBe("stop");
});

test("an aborted signal ends reading with its reason, also while the source is silent", async () => {
  let isGivenUp = false;
  const silent: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => undefined),
      return: () => {
        isGivenUp = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  const controller = new AbortController();
  const work = failure(readHeapSnapshot(silent, { signal: controller.signal }));
  controller.abort();
  expect(await work).toMatchObject({ name: "AbortError" });
  expect(await failure(readHeapSnapshot([], { signal: AbortSignal.abort("early") }))).toBe("early");
  expect(await failure(readHeapSnapshot([], { signal: {} as AbortSignal }))).toMatchObject({ code: "BAD_OPTION" });
  expect(isGivenUp).toBe(true);
});
