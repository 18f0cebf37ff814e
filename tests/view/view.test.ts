import { inspect } from "node:util";
import { expect, test } from "vitest";
import { save, share } from "../../src/image.js";
import { Heap, ref, weak } from "../../src/index.js";
import { asObject } from "../../src/view/as-object.js";
import { openView } from "../../src/view/heap-view.js";
import type { HeapView } from "../../src/view/heap-view.js";
import { CONTROL_WORDS } from "../../src/view/pages.js";
import type { NodeView } from "../../src/view/node.js";
import type { View } from "../../src/view/struct.js";
import { SAVED_PLACES } from "../../src/wasm/control-fields.js";
import { codeOf } from "../support/heap.js";
import { withMeta } from "../support/images.js";

const heap = Heap.createSync();
const Server = heap.struct("Server", { host: "str", port: "u16", zone: "value" });
const Config = heap.struct("Config", {
  title: "str",
  main: ref(Server),
  spare: weak(Server),
  any: "ref",
  count: "i64",
  // Handles have no member of these names, nor have views.
  fields: "i32",
  asObject: "i32",
});
const server = Server.new({ host: "a.example", port: 443, zone: ["x", { deep: 1 }] });
const config = Config.new({ title: "t", main: server, spare: server, count: -5n, fields: 1, asObject: 2 });
heap.roots.set("config", config).set("text", heap.str("text")).set("number", heap.int(7));
heap.roots.set("doc", heap.from({ list: [1, [2], null], map: new Map([[1, { a: 1 }]]), set: new Set([1]), o: {} }));

interface Schema {
  config: typeof Config;
  text: string;
}
const view = openView<Schema>(save(heap));
const all = openView(save(heap));

test("the words of CTRL that views read are where images have them", () => {
  let word = 0;
  const words: Record<string, number> = {};
  for (const { field, bytes } of SAVED_PLACES) {
    words[field] = word;
    word += bytes / 4;
  }
  expect(words).toMatchObject(CONTROL_WORDS);
});

test("structs are typed", () => {
  const found: View<typeof Config> = view.roots.get("config")!;
  const host: string | null | undefined = found.main?.host;
  const port: number | undefined = found.read("main", "port") as number;
  const count: bigint = found.get("count");
  expect([host, port, count, found.spare?.is(found.main), found.fields, found.asObject]).toEqual([
    ...["a.example", 443, -5n, true, 1, 2],
  ]);
  // @ts-expect-error: there is no such field
  expect(codeOf(() => found.get("prot"))).toBe("BAD_FIELD");
  // @ts-expect-error: there is no such field
  expect(codeOf(() => found.read("main", "prot") as unknown)).toBe("BAD_FIELD");
  expect(found.main?.read("zone", 1, "deep")).toBe(1);
  const text: string | undefined = view.roots.get("text");
  expect([text, all.read("number"), found.type, found.any, found.isNull("any"), found.has("main")]).toEqual([
    ...["text", 7, "Config", null, true, true],
  ]);
});

test("an image may lie anywhere", () => {
  const image = save(heap);
  const inside = new Uint8Array(image.length + 7);
  for (const offset of [0, 3, 4]) {
    inside.set(image, offset);
    expect(openView(inside.subarray(offset, offset + image.length)).read("number")).toBe(7);
  }
  expect(openView(image.buffer).read("number")).toBe(7);
  expect(openView(share(heap)).read("number")).toBe(7);
  expect(openView(Buffer.from(image)).read("number")).toBe(7);
});

test("what is no image, or no bytes, is refused", () => {
  for (const bad of [null, undefined, 5, "image", {}, [], new Map(), { byteLength: 5 }])
    expect(codeOf(() => openView(bad as never))).toBe("BAD_VALUE");
  for (const bad of [new Uint8Array(), new ArrayBuffer(4), new Uint8Array(1000)])
    expect(codeOf(() => openView(bad))).toBe("BAD_IMAGE");
  const odd: ((meta: Record<string, unknown>) => void)[] = [
    (meta) => (meta.types = null),
    (meta) => (meta.types = [null]),
    (meta) => (meta.types = [{ name: 1, fields: [] }]),
    (meta) => (meta.types = [{ name: "x", fields: [["y", "f128", 8]] }]),
    (meta) => (meta.types = [{ name: "x", fields: [["y", "ref", 9]] }]),
    (meta) => (meta.types = [{ name: "x", fields: [["y", "u8", -1]] }]),
    (meta) => (meta.roots = {}),
    (meta) => (meta.roots = [["x", "y"]]),
    (meta) => (meta.roots = [["x"]]),
  ];
  for (const change of odd) expect(codeOf(() => openView(withMeta(save(heap), change)))).toBe("BAD_IMAGE");
});

test("sites are not read, whatever they are", () => {
  const image = withMeta(save(heap), (meta) => {
    meta.roots = [...(meta.roots as unknown[]), [',"sites":[', 8]];
    delete meta.sites;
    meta.sites = ["x".repeat(1000), 5, null];
  });
  expect([...openView(image).roots.keys()].at(-1)).toBe(',"sites":[');
});

test("arguments of a wrong type are errors with a code", () => {
  const doc = all.roots.get("doc") as NodeView & Record<string, (...values: unknown[]) => unknown>;
  const list = all.read<typeof doc>("doc", "list");
  const odd = [undefined, Symbol("x"), () => 1, [], {}, NaN, "\ud800", 1.5, 2n ** 70n, list, new Date()];
  for (const value of odd) {
    expect(["BAD_KEY", "BAD_VALUE", "no error"]).toContain(codeOf(() => doc.has?.(value)));
    expect(["BAD_INDEX"]).toContain(codeOf(() => list.get?.(value)));
    expect(["BAD_INDEX"]).toContain(codeOf(() => list.read?.(value)));
    expect(["BAD_VALUE", "no error"]).toContain(codeOf(() => list.is(value as never)));
    expect(codeOf(() => asObject(value as never) as unknown)).toBe(value === list ? "no error" : "BAD_VALUE");
  }
  expect(codeOf(() => all.read("doc", "list", 0, "x"))).toBe("BAD_FIELD");
  expect(codeOf(() => all.read("config", "count", "x"))).toBe("BAD_FIELD");
  const other = openView(save(heap)).roots.get("doc") as NodeView;
  expect(codeOf(() => doc.is(other))).toBe("BAD_VALUE");
  expect(codeOf(() => doc.has?.(other))).toBe("BAD_VALUE");
  const { prototype } = (all.roots.get("config") as object).constructor;
  expect(codeOf(() => (prototype as { title: unknown }).title)).toBe("BAD_VALUE");
});

test("a view is shown, and not sent", () => {
  const list = all.read<NodeView>("doc", "list");
  expect(inspect(list)).toMatch(/^<list at 0x[0-9a-f]+>$/);
  for (const one of [all, all.roots, list, all.roots.get("config") as NodeView])
    expect(() => structuredClone(one)).toThrow(/a view of heapwright/);
});

test("asObject looks like plain objects and arrays", () => {
  const doc = asObject(all.roots.get("doc") as NodeView) as Record<string, never> & { list: unknown[] };
  expect(Object.keys(doc)).toEqual(["list", "map", "set", "o"]);
  expect("list" in doc && !("no" in doc) && Object.hasOwn(doc, "o")).toBe(true);
  expect(doc.list).toBe(doc.list);
  expect(Array.isArray(doc.list)).toBe(true);
  expect(JSON.stringify(doc.list)).toBe("[1,[2],null]");
  expect(doc.list.map((item) => typeof item)).toEqual(["number", "object", "object"]);
  expect([...doc.list].length + doc.list.length + Object.keys(doc.list).length).toBe(9);
  expect({ ...doc }.o).toEqual({});
  expect((doc.map as unknown as Map<unknown, NodeView>).get(1)?.toJS()).toEqual({ a: 1 });
  expect(String(doc)).toBe("[object Object]");
  for (const change of [
    () => ((doc as Record<string, unknown>).x = 1),
    () => doc.list.push(1),
    () => delete (doc as Record<string, unknown>).o,
    () => Object.defineProperty(doc, "x", { value: 1 }),
    () => Object.freeze(doc),
  ])
    expect(change).toThrow(TypeError);
  const plain = asObject(all.roots.get("config") as NodeView) as { main: { host: string; port: number } };
  expect([plain.main.host, plain.main.port, Object.keys(plain.main)]).toEqual([
    ...["a.example", 443, ["host", "port", "zone"]],
  ]);
});

test("no views are open to what a heap becomes later", () => {
  const one: HeapView = openView(save(heap));
  heap.roots.set("later", heap.list([1]));
  expect([one.roots.has("later"), openView(save(heap)).roots.has("later")]).toEqual([false, true]);
});
