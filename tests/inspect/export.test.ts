import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { dominators } from "../../src/dump/analysis/dominators.js";
import { reachability } from "../../src/dump/analysis/reachability.js";
import { writeHeapSnapshot } from "../../src/dump/export/heapsnapshot.js";
import { NO_GENERATION, NO_NODE, STRENGTH_MASK } from "../../src/dump/graph/graph.js";
import { edgeName, labelOf, rootName, typeName } from "../../src/dump/graph/names.js";
import { readImageSync } from "../../src/dump/image/read.js";
import { finish } from "../../src/dump/steps.js";
import { readHeapSnapshot } from "../../src/dump/v8/read.js";
import { Heap } from "../../src/index.js";
import { save as imageOf } from "../../src/image.js";
import { askDevTools } from "../support/devtools.js";
import { randomGraph } from "../support/graphs.js";
import { ask, inspect, temporaryFolder } from "../support/inspect.js";
import { PAIRS, SESSIONS, ref, saveScene } from "./scene.js";

const folder = temporaryFolder();
const scene = saveScene(folder);
const { file } = scene;
const graph = readImageSync(new Uint8Array(readFileSync(file)));
const tree = finish(dominators(graph));
const at = (name: string): string => join(folder, name);

/** Writes a graph as a file that the command line reads. */
function save(name: string, bytes: Iterable<Uint8Array>): string {
  writeFileSync(at(name), Buffer.concat([...bytes]));
  return at(name);
}

describe("heapsnapshot", () => {
  const out = at("scene.heapsnapshot");
  const { files } = ask("export", file, "heapsnapshot", "--out", out);

  test("has every object, with its size, address, refcount and retained size", async () => {
    expect(files).toEqual([{ file: out, bytes: statSync(out).size }]);
    const again = await readHeapSnapshot([readFileSync(out)]);
    const whole = finish(dominators(again));
    const groups = again.nodes.count - graph.nodes.count;
    for (let v = 0; v < graph.nodes.count; v++) {
      const w = v + groups;
      const facts = (of: typeof graph, node: number, retained: number | undefined): unknown[] => [
        of.nodes.address?.[node],
        of.nodes.selfSize[node],
        of.nodes.refcount?.[node],
        of.nodes.generation?.[node],
        retained,
      ];
      const isGarbage = tree.idom[v] === NO_NODE;
      expect(facts(again, w, isGarbage ? 0 : whole.retained[w])).toEqual(facts(graph, v, tree.retained[v]));
      if (typeName(graph, v) !== "str") expect(typeName(again, w)).toBe(typeName(graph, v));
      else expect(labelOf(again, w)).toBe(labelOf(graph, v));
    }
    expect(ask("info", out).objects).toBe(graph.nodes.count + groups);
    expect(ask("why", out, "Session").paths[0].steps.map((step: { edge: string }) => step.edge)).toContain("items");
  });

  test("opens in Chrome DevTools, with the same sizes", () => {
    const [nodes] = askDevTools([out]);
    for (let v = 0; v < graph.nodes.count; v++) {
      const id = graph.nodes.id[v] as number;
      if (id === 0 || tree.idom[v] === NO_NODE) continue;
      const theirs = nodes?.get(2 * id + 3);
      expect([theirs?.[1], theirs?.[2]]).toEqual([graph.nodes.selfSize[v], tree.retained[v]]);
    }
  });

  test("has allocation stacks, if requested", async () => {
    const traced = at("traced.heapsnapshot");
    ask("export", file, "heapsnapshot", "--sites", "--out", traced);
    const [nodes] = askDevTools([traced], "--stacks");
    let compared = 0;
    for (let v = 0; v < graph.nodes.count; v++) {
      const id = graph.nodes.id[v] as number;
      const site = graph.strings[graph.nodes.site?.[v] as number] as string;
      if (id === 0 || tree.idom[v] === NO_NODE || site === "") continue;
      const frames = site.split("\n").map((frame) => {
        const [, name = "(anonymous)", place] = /^ *at (?:(.*) \()?(.*?:\d+):\d+\)?$/.exec(frame) as RegExpExecArray;
        return `${name} ${place}`;
      });
      expect(nodes?.get(2 * id + 3)?.[3]).toEqual([...frames, "(root) :0"]);
      compared++;
    }
    expect(compared).toBeGreaterThan(SESSIONS);
    const whole = await readHeapSnapshot([readFileSync(traced)]);
    expect(whole.nodes.count).toBe((await readHeapSnapshot([readFileSync(out)])).nodes.count);
  });

  test("can be exported again with the same objects", () => {
    const [first, second] = [at("scene.heapsnapshot"), at("again.heapsnapshot")];
    ask("export", first, "heapsnapshot", "--out", second);
    const total = (name: string): number => ask("types", name).total.self;
    expect([total(second), total(first)]).toEqual([total(file), total(file)]);
  });
});

describe("parquet", () => {
  const source = save("random.heapsnapshot", writeHeapSnapshot(randomGraph(7, 3000)));

  test.each([file, source])("of %s has every column with the values of the graph", async (dump) => {
    const out = at(`${basename(dump)}-parquet`);
    const { files } = ask("export", dump, "parquet", "--out", out);
    const bytes = new Uint8Array(readFileSync(dump));
    const known = dump === file ? graph : await readHeapSnapshot([bytes]);
    const { nodes, edges, roots } = known;
    const { idom, retained, retainedCount, root } = finish(dominators(known));
    const { state } = finish(reachability(known));
    expect(files.map(({ rows }: { rows: number }) => rows)).toEqual([nodes.count, edges.count, roots.count]);
    const read = async (table: string): Promise<Record<string, unknown>[]> => {
      const { buffer } = new Uint8Array(readFileSync(join(out, `${table}.parquet`)));
      return parquetReadObjects({ file: buffer });
    };
    const [objects, refs, rootRows] = [await read("objects"), await read("refs"), await read("roots")];

    expect(objects).toHaveLength(nodes.count);
    objects.forEach((row, v) => {
      const isImmortal = row.immortal === true;
      expect(row).toMatchObject({
        dump: basename(dump),
        node: v,
        id: nodes.id[v] === 0 ? null : BigInt(nodes.id[v] as number),
        addr: nodes.address ? BigInt(nodes.address[v] as number) : null,
        type: typeName(known, v),
        label: nodes.label[v] === 0 ? null : labelOf(known, v),
        size: BigInt(nodes.selfSize[v] as number),
        refcount: nodes.refcount && !isImmortal ? BigInt(nodes.refcount[v] as number) : null,
        gen: nodes.generation && nodes.generation[v] !== NO_GENERATION ? nodes.generation[v] : null,
        state: ["garbage", "live", "leaked"][state[v] as number],
        idom: idom[v] === root || idom[v] === NO_NODE ? null : idom[v],
        retained: BigInt(retained[v] as number),
        retained_count: BigInt(retainedCount[v] as number),
        page: nodes.address ? (nodes.address[v] as number) >>> 16 : null,
      });
      const site = known.strings[nodes.site?.[v] ?? 0] as string;
      expect(row.site).toBe(site === "" ? null : site);
    });

    expect(refs).toHaveLength(edges.count);
    let source = 0;
    refs.forEach((row, e) => {
      while ((nodes.firstEdge[source + 1] as number) <= e) source++;
      expect(row).toMatchObject({
        dump: basename(dump),
        src: source,
        dst: edges.target[e],
        slot: edgeName(known, source, e),
      });
      if (((edges.kind[e] as number) & STRENGTH_MASK) === 0) expect(["strong", "aside"]).toContain(row.kind);
    });
    expect(rootRows.map(({ dst, root: name, refs: count }) => [dst, name, count])).toEqual(
      Array.from({ length: roots.count }, (_, i) => [
        roots.target[i],
        rootName(known, i),
        BigInt(roots.references[i] as number),
      ]),
    );
  });
});

test("parquet of many dumps is in one folder, with a folder for each table", async () => {
  const fleet = at("fleet");
  const { files } = ask("export", file, "parquet", "--partition", "day=2026-03-01/pod=web-1", "--out", fleet);
  expect(files.map((one: { file: string }) => one.file.slice(fleet.length + 1))).toEqual(
    ["objects", "refs", "roots"].map((table) => `${table}/day=2026-03-01/pod=web-1/scene.heap.parquet`),
  );
  const { buffer } = new Uint8Array(readFileSync(files[0].file as string));
  expect(await parquetReadObjects({ file: buffer })).toHaveLength(graph.nodes.count);
  for (const partition of ["../up", "day=../../x", "day", "=x", "a=b/", "/a=b"]) {
    const { code, err } = inspect("export", file, "parquet", "--partition", partition, "--out", fleet);
    expect([code, err]).toEqual([2, expect.stringContaining("expected a partition like")]);
  }
});

describe("dot", () => {
  /** Reads what Graphviz would: nodes and edges, by a grammar that knows quoted strings. */
  function parse(dot: string): { nodes: Map<string, string>; edges: [string, string, string][] } {
    const nodes = new Map<string, string>();
    const edges: [string, string, string][] = [];
    const [head, ...lines] = dot.trimEnd().split("\n");
    expect(head).toBe("digraph heap {");
    expect(lines.pop()).toBe("}");
    const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;
    for (const line of lines.slice(1)) {
      const edge = new RegExp(`^  (\\w+) -> (\\w+)(?: \\[label=${QUOTED}(?:, style=dashed)?\\])?;$`).exec(line);
      const node = new RegExp(`^  (\\w+) \\[(?:shape=\\w+, )?label=${QUOTED}(?:, style=bold, color=red)?\\];$`).exec(
        line,
      );
      if (edge) edges.push([edge[1] as string, edge[2] as string, edge[3] ?? ""]);
      else if (node) nodes.set(node[1] as string, node[2] as string);
      else throw new Error(`what is this? ${line}`);
    }
    for (const [from, to] of edges) expect([nodes.has(from), nodes.has(to)]).toEqual([true, true]);
    return { nodes, edges };
  }

  test("shows an object and its neighbourhood, and says what is omitted", () => {
    const out = at("session.dot");
    const { objects } = ask("export", file, "dot", "--of", ref(scene.session), "--depth", "1", "--out", out);
    const { nodes, edges } = parse(readFileSync(out, "utf8"));
    expect(objects).toBe(4);
    const labels = [...nodes.values()].map((label) => label.split("\\n")[0]).sort();
    expect(labels).toEqual(["Cache", "Session", "list", "named root cache", "str"].sort());
    expect(edges.map(([, , label]) => label).sort()).toEqual(["", "[0]", "items", "owner", "token"]);
    expect([...nodes.values()].join()).toContain(`${SESSIONS - 1} more out`);
  });

  test("shows a cycle and nothing else", () => {
    const out = at("cycle.dot");
    ask("export", file, "dot", "--cycle", "--of", ref(scene.task), "--out", out);
    const { nodes, edges } = parse(readFileSync(out, "utf8"));
    expect([nodes.size, edges.length]).toEqual([2, 2]);
    expect(edges.every(([, , label]) => label === "other")).toBe(true);
    expect(inspect("export", file, "dot", "--cycle", "--of", ref(scene.held), "--out", out)).toMatchObject({ code: 2 });
    expect(inspect("export", file, "dot", "--out", out).err).toContain("give the object to draw");
  });
});

test("the sizes of folded stacks add up to everything that roots retain", () => {
  const out = at("scene.folded");
  ask("export", file, "folded", "--out", out);
  let total = 0;
  for (const line of readFileSync(out, "utf8").trimEnd().split("\n")) {
    const [, , bytes] = /^([^; ]+(?:;[^; ]+)*) (\d+)$/.exec(line) as unknown as [string, string, string];
    total += Number(bytes);
  }
  expect(total).toBe(tree.retained[tree.root]);
  expect(readFileSync(out, "utf8")).toContain(`Cache;list;Session ${SESSIONS * 32}\n`);
});

describe("html", () => {
  const evil = `</script><img src=x onerror="alert(1)"><style>&amp;'`;
  const heap = Heap.createSync();
  const Evil = heap.struct(evil, { next: "ref", [evil]: "ref" });
  heap.scope(() => {
    const one = Evil.new({ next: heap.str(`${evil} <!-- ]]>`) });
    one[evil] = one;
    heap.roots.set(evil, one);
    heap.from([evil, evil]);
  });
  mkdirSync(at("<img src=x>"));
  const image = at("<img src=x>/<b>.heap");
  writeFileSync(image, imageOf(heap));
  heap.dispose();
  const out = at("evil.html");
  ask("export", image, "html", "--out", out);
  const html = readFileSync(out, "utf8");
  /** The names of all elements, and what is in scripts and styles. */
  const tags = [...html.matchAll(/<(\/?[a-z][a-z0-9]*)/gi)].map(([, tag]) => tag as string);

  test("escapes all names: each element is one of the report's own, and closed", () => {
    const ours =
      "html head meta title style body h1 h2 h3 nav a section p table thead tbody tr th td canvas script".split(" ");
    expect(tags.filter((tag) => !ours.includes(tag.replace("/", "")))).toEqual([]);
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&lt;style&gt;&amp;amp;&#39;");
    expect(tags.filter((tag) => tag === "script")).toHaveLength(2);
    expect(tags.filter((tag) => tag === "/script")).toHaveLength(2);
    const data = /<script type="application\/json" id="boxes">(.*?)<\/script>/s.exec(html)?.[1] as string;
    const boxes = JSON.parse(data) as [number, string, number, number, number][];
    expect(boxes.map(([, name]) => name)).toContain(evil);
    // What is below a box fits into it.
    const inside = boxes.map(() => 0);
    boxes.forEach(([above, , retained]) => {
      if (above >= 0) inside[above] = (inside[above] as number) + retained;
    });
    boxes.forEach(([, name, retained, self], b) => {
      if (name !== "(smaller)") expect((inside[b] as number) + self).toBe(retained);
    });
  });

  test("loads nothing, and its policy forbids loading", () => {
    expect(html).not.toMatch(/\b(?:src|href)="(?!#)/);
    expect(html).not.toMatch(/url\(|@import|https?:/);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    expect(policy).toMatch(
      /^default-src &#39;none&#39;; script-src &#39;sha256-[\w+/=]+&#39;; style-src &#39;sha256-[\w+/=]+&#39;; /,
    );
    expect(policy).not.toContain("unsafe");
  });

  test("is small for a large heap", () => {
    const large = save("large.heapsnapshot", writeHeapSnapshot(randomGraph(3, 100_000)));
    ask("export", large, "html", "--out", at("large.html"));
    expect(statSync(at("large.html")).size).toBeLessThan(2e6);
  });

  test("contains the output of the commands", () => {
    ask("export", file, "html", "--out", at("scene.html"));
    const text = readFileSync(at("scene.html"), "utf8");
    expect(text).toContain(`${2 * PAIRS + 2 + SESSIONS} objects`);
    for (const id of ["overview", "dominators", "top", "types", "cycles", "duplicates", "refcounts", "pages"])
      expect(text).toContain(`<section id="${id}">`);
  });
});

test("a file that cannot be written is a FileError", () => {
  for (const format of ["heapsnapshot", "parquet", "folded", "html"]) {
    const { code, out, err } = inspect("export", file, format, "--out", join(file, "below"));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/cannot write .*below: ENOTDIR/);
  }
});
