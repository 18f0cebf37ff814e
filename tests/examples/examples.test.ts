import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { readImageSync } from "../../src/dump.js";
import type { GenerationStats, Handle, Heap, HeapStats, Value } from "../../src/index.js";
import { seedOf, seededRandom } from "../support/random.js";

const folder = fileURLToPath(new URL("../../examples/", import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
const temporary = mkdtempSync(join(tmpdir(), "heapwright-"));
afterAll(() => {
  rmSync(temporary, { recursive: true });
});

/** An example, on the package as it was built. */
async function load<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(join(folder, name)).href)) as T;
}

/** Runs an example as a user would; what it prints. */
function start(name: string, ...args: string[]): string {
  return execFileSync(process.execPath, [join(folder, name), ...args], { encoding: "utf8" });
}

/** Nothing of the example is left in its heap, and nothing is wrong with it. */
function expectEmpty(heap: Heap, empty: HeapStats): void {
  heap.verify();
  const { objects, handles, bytes } = heap.stats();
  expect({ objects, handles, live: bytes.live }).toEqual({
    objects: empty.objects,
    handles: empty.handles,
    live: empty.bytes.live,
  });
  heap.dispose();
}

test.each(names)("%s has fewer than 150 lines", (name) => {
  expect(readFileSync(join(folder, name), "utf8").split("\n").length).toBeLessThanOrEqual(150);
});

describe("the JSON document", async () => {
  interface Order {
    state: string;
    customer: { country: string };
    lines: { price: number; quantity: number }[];
  }
  interface Result {
    heap: Heap;
    before: HeapStats;
    loaded: HeapStats;
    after: HeapStats;
    answers: unknown[];
  }
  interface Options {
    text?: string;
    paths?: string[];
    bytes?: number;
    write: (line: string) => void;
  }
  const { run, generateDocument } = await load<{
    run: (options: Options) => Result;
    generateDocument: (bytes: number) => { orders: Order[] };
  }>("json-document.mjs");

  const totalOf = ({ lines }: Order): number => lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
  function counted<T>(items: T[], keyOf: (item: T) => string, amountOf: (item: T) => number): Map<string, number> {
    const counter = new Map<string, number>();
    for (const item of items) counter.set(keyOf(item), (counter.get(keyOf(item)) ?? 0) + amountOf(item));
    return counter;
  }

  test("made up, answers as plain JavaScript does, and leaves nothing", () => {
    const output: string[] = [];
    const { heap, before, loaded, after, answers } = run({ bytes: 300_000, write: (line) => output.push(line) });
    const document = generateDocument(300_000);
    expect(JSON.stringify(document).length).toBeCloseTo(300_000, -4);
    const { orders } = document;
    const lines = orders.flatMap((order) => order.lines);
    expect(answers[0]).toEqual(
      new Map([
        ["dict", 1 + 2 * orders.length + lines.length],
        ["list", 1 + orders.length],
        ["number", orders.length + 2 * lines.length],
        ["string", 1 + 3 * orders.length + lines.length],
      ]),
    );
    const one = (): number => 1;
    expect(answers[1]).toEqual(counted(orders, ({ state }) => state, one));
    const paid = orders.filter(({ state }) => state === "paid");
    expect(answers[2]).toEqual(counted(paid, ({ customer }) => customer.country, totalOf));
    expect(answers[3]).toEqual(orders.find((order) => totalOf(order) > 3000));
    expect(answers[3]).toBeDefined();
    expect(loaded.objects).toBeGreaterThan(4 * orders.length);
    expect(loaded.handles).toBe(before.handles + 1);
    expect(after.bytes.live).toBe(before.bytes.live);
    expect(output.at(-1)).toMatch(/objects gone, 0 bytes left/);
    expectEmpty(heap, before);
  });

  const text = JSON.stringify({
    users: [{ city: "Lima" }, { city: "Oslo" }, { city: "Lima" }, { name: "nowhere" }, { city: null }, 5, [true]],
    constructor: { a: 1, b: [2] },
  });
  const paths = ["users.*.city", "constructor.*", "", "no.such.path"];
  const expected = [
    new Map(Object.entries({ Lima: 2, Oslo: 1, null: 1 })),
    new Map(Object.entries({ "1": 1, "[2]": 1 })),
    new Map(),
    new Map(),
  ];

  test("given, is asked by paths", () => {
    const { heap, before, answers } = run({ text, paths, write: () => undefined });
    expect(answers.slice(1)).toEqual(expected);
    expectEmpty(heap, before);
  });

  test.each(["5", "null", '"text"', "[]", "{}"])("may be as small as %s", (tiny) => {
    const { heap, before, answers } = run({ text: tiny, paths: ["*"], write: () => undefined });
    expect(answers).toHaveLength(2);
    expectEmpty(heap, before);
  });

  test("runs as a program", () => {
    expect(start("json-document.mjs", "1e6")).toMatch(/load 1\.0 MB[^]* objects gone, 0 bytes left/);
    const file = join(temporary, "data.json");
    writeFileSync(file, text);
    expect(start("json-document.mjs", file, ...paths)).toMatch(/users\.\*\.city[^]*Lima +2\n[^]* 0 bytes left/);
  });
});

describe("the undo history", async () => {
  interface GraphNode {
    id: number;
    title: string;
    edges: number[];
    x: number;
    y: number;
  }
  interface Step {
    nodes: GraphNode[];
    created: number;
    shared: number;
    freed: number;
    objects: number;
  }
  interface Result {
    heap: Heap;
    empty: HeapStats;
    steps: Step[];
    left: HeapStats;
  }
  const { run } = await load<{
    run: (options: { script?: string; write: (line: string) => void }) => Result;
  }>("undo-history.mjs");

  /** The same editor on plain JavaScript, each version a copy of all nodes. */
  class Model {
    versions: ReadonlyMap<number, GraphNode>[] = [new Map()];
    position = 0;

    get shown(): ReadonlyMap<number, GraphNode> {
      return this.versions[this.position] as ReadonlyMap<number, GraphNode>;
    }
    apply(name: string, id: number, args: (string | number)[]): void {
      if (name === "undo") this.position = Math.max(0, this.position - 1);
      else if (name === "redo") this.position = Math.min(this.versions.length - 1, this.position + 1);
      else if (name === "forget") {
        const gone = Math.min(id, this.position);
        this.versions.splice(0, gone);
        this.position -= gone;
      } else {
        const version = structuredClone(this.shown) as Map<number, GraphNode>;
        this.#edit(version, name, id, args);
        this.versions.splice(this.position + 1, Infinity, version);
        this.position++;
      }
    }
    #edit(version: Map<number, GraphNode>, name: string, id: number, args: (string | number)[]): void {
      const node = version.get(id);
      if (name === "remove") version.delete(id);
      else if (name === "ring")
        for (let i = 0; i < id; i++)
          version.set(i, { id: i, title: `n${String(i)}`, edges: [(i + 1) % id], x: 0, y: 0 });
      else if (name === "add") version.set(id, { id, title: args[0] as string, edges: [], x: 0, y: 0 });
      else if (node === undefined) throw new Error(`no node ${String(id)}`);
      else if (name === "move") [node.x, node.y] = args as [number, number];
      else if (name === "rename") node.title = args[0] as string;
      else if (name === "link") node.edges.push(args[0] as number);
      else throw new Error(name);
    }
    get nodes(): GraphNode[] {
      return [...this.shown.values()].sort((a, b) => a.id - b.id);
    }
  }

  /** Above it, ints are objects of their own, which the example does not count. */
  const MAX_ID = 256;

  /** A session that never edits a node that is not there. */
  function randomScript(next: (bound: number) => number): { script: string; versions: GraphNode[][] } {
    const model = new Model();
    const actions: string[] = [];
    const versions: GraphNode[][] = [];
    for (let i = 0; i < 120; i++) {
      const names = ["undo", "undo", "redo", "add", "add", "move", "rename", "link", "link", "remove"];
      let name = names[next(names.length)] as string;
      if (next(30) === 0) name = "forget";
      if (next(60) === 0) name = "ring";
      const ids = [...model.shown.keys()];
      let id =
        name === "add"
          ? next(MAX_ID + 1)
          : name === "ring" || name === "forget"
            ? 1 + next(5)
            : (ids[next(ids.length || 1)] ?? -1);
      if (id === -1 && name !== "undo" && name !== "redo") [name, id] = ["add", next(MAX_ID + 1)];
      const args: Record<string, (string | number)[]> = {
        add: [`t${String(i)}`],
        rename: [`r${String(i)}`],
        move: [next(100), -1 - next(100)],
        link: [next(MAX_ID + 1)],
      };
      const rest = args[name] ?? [];
      model.apply(name, id, rest);
      actions.push([name, ...(name === "undo" || name === "redo" ? [] : [id]), ...rest].join(" "));
      versions.push(model.nodes);
    }
    return { script: actions.join(", "), versions };
  }

  /** What the heap counts is what the versions consist of; the rest is the list, and None. */
  function expectExact({ empty, steps }: Result): void {
    let objects = empty.objects + 2;
    for (const step of steps) {
      objects += step.created - step.freed;
      expect(step.objects).toBe(objects);
    }
  }

  test("as it is shown: edits share nearly all, and what is dropped goes at once", () => {
    const lines: string[] = [];
    const result = run({ write: (line) => lines.push(line) });
    const { heap, empty, steps, left } = result;
    const [ring, move, , , , undo] = steps as [Step, Step, Step, Step, Step, Step];
    expect(ring.created).toBe(64 * 3 + 8 + 2);
    // A node and three tuples; its title and edges are the old node's too.
    expect(move).toMatchObject({ created: 4, shared: 198, freed: 0 });
    expect(undo).toMatchObject({ created: 0, freed: 0 });
    expect(steps.at(-1)?.freed).toBeGreaterThan(0);
    expectExact(result);
    for (const line of lines.slice(1)) expect(line).toMatch(/^.{16}(?: [ \d]{8}\d){5}(?:  \d+)*(?:  64 nodes)?$/);
    expect(left.objects).toBe(empty.objects);
    expect(heap.gc.getStats().every(({ collections }) => collections === 0)).toBe(true);
    expectEmpty(heap, empty);
  });

  test("its versions are those of a history of whole copies", () => {
    const next = seededRandom(seedOf(1));
    for (let round = 0; round < 4; round++) {
      const { script, versions } = randomScript(next);
      const result = run({ script, write: () => undefined });
      result.steps.forEach(({ nodes }, index) => {
        expect(nodes, script).toEqual(versions[index]);
      });
      expectExact(result);
      expectEmpty(result.heap, result.empty);
    }
  });

  test("runs as a program", () => {
    expect(start("undo-history.mjs")).toMatch(/\(drop them all\) +0 +0 +0 +\d+ +\d+ +64 nodes\n$/);
  });
});

describe("the Lisp", async () => {
  interface Result {
    heap: Heap;
    results: string[];
    cells: number;
    collections: GenerationStats[];
    empty: HeapStats;
    left: HeapStats;
  }
  interface Lisp {
    globals: Handle;
    read: (tokens: string[]) => Value;
    evaluate: (expression: Value, env: Handle) => Value;
  }
  const { run, createLisp } = await load<{
    run: (options: { program?: string; write: (line: string) => void }) => Result;
    createLisp: (heap: Heap) => Lisp;
  }>("lisp.mjs");
  const { Heap: BuiltHeap } = await load<{ Heap: typeof Heap }>("../dist/index.js");
  const silent = { write: () => undefined };

  test("as it is shown, computes, and its cycles are collected unasked", () => {
    const { heap, results, cells, collections, empty, left } = run(silent);
    expect(results).toEqual(["610", "(9 16 25 36 49)", "(heap wright)", "15"]);
    expect(cells).toBeGreaterThan(10_000);
    expect(collections[0]?.collections).toBeGreaterThan(0);
    // Of each call of `triangle`: its environment, the names in it, and the closure.
    const collected = collections.reduce((sum, generation) => sum + generation.collected, 0);
    expect(collected).toBeGreaterThan(0.8 * 3 * 2000);
    expect(collected).toBeLessThanOrEqual(3 * 2000);
    expect(left.objects).toBe(empty.objects);
    expectEmpty(heap, { ...empty, handles: 0 });
  });

  test.each([
    ["(+ 1 (* 2 3))", "7"],
    ["(- 1 5)", "-4"],
    ["'()", "nil"],
    ["'(a (b 2) () -3)", "(a (b 2) nil -3)"],
    ["'x", "x"],
    ["(if nil 1 2)", "2"],
    ["(if 0 1 2)", "1"],
    ["(if (< 2 1) 1 2)", "2"],
    ["(cons 1 (cons 'a nil))", "(1 a)"],
    ["car", "<Primitive>"],
    ["(lambda (x) x)", "<Closure>"],
    ["((lambda (x y) (- x y)) 5 3)", "2"],
    ["(define x 'sym) (define y x) (= y 'sym)", "true"],
    ["(define (f x) (define y (+ x 1)) (* y y)) (f 4)", "25"],
    ["(define (adder n) (lambda (x) (+ x n))) ((adder 3) 4)", "7"],
    [
      "(define (even n) (if (= n 0) 'yes (odd (- n 1)))) (define (odd n) (if (= n 0) 'no (even (- n 1)))) (even 9)",
      "no",
    ],
  ])("%s is %s", (program, expected) => {
    const { heap, results, empty } = run({ program, ...silent });
    expect(results).toEqual([expected]);
    expectEmpty(heap, empty);
  });

  test("a mistake is an error, and leaves nothing behind", () => {
    const heap = BuiltHeap.createSync();
    const empty = heap.stats();
    const { globals, read, evaluate } = createLisp(heap);
    const tokens = "( + 1 ( ( lambda ( n ) ( f n ) ) ( cons 1 2 ) ) )".split(" ").reverse();
    expect(() => heap.scope(() => evaluate(read(tokens), globals))).toThrow("unbound symbol: f");
    expect(heap.stats().handles).toBe(empty.handles + 1);
    globals.release();
    heap.gc.collect();
    expectEmpty(heap, empty);
  });

  test("runs as a program", () => {
    expect(start("lisp.mjs")).toMatch(/\(fib 15\) +610\n[^]*dropped +0\n$/);
  });
});

test("shared document: a pool of workers answers queries on one image, and goes over to the next", () => {
  expect(start("shared-document.mjs").split("\n")).toEqual([
    "Alice lives in Oslo",
    "nobody lives in null",
    'order 7: {"id":7,"price":7,"customer":"alice"}',
    "all orders: 990000",
    "before: Alice lives in Oslo",
    "after: Alice lives in Rome",
    "all orders: 20000",
    "",
  ]);
});

test("images: saved, restored, cloned, and sent to a worker", () => {
  expect(start("images.mjs").split("\n")).toEqual([
    "restored: 3 notes",
    "lost: the finalizer of Note",
    "lost, after Note was defined again: 0",
    "the clone has 0 roots, the heap 1",
    "the worker counts 3 notes",
    '"first" ends in the restored heap',
    '"second" ends in the restored heap',
    '"third" ends in the restored heap',
    "",
  ]);
});

test("a leaky server: saves two dumps, of which the later has more sessions", () => {
  execFileSync(process.execPath, [join(folder, "leaky-server.mjs")], { cwd: temporary });
  const sessions = ["server-before.heap", "server-after.heap"].map((name) => {
    const graph = readImageSync(readFileSync(join(temporary, name)));
    const type = graph.types.findIndex((one) => one.name === "Session");
    return graph.nodes.type.filter((one) => one === type).length;
  });
  expect(sessions).toEqual([100, 2100]);
});
