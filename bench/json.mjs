// A JSON document taken into the heap and out again, beside JSON.parse alone and the same document as Python objects.
// Each in a process of its own. Fails if what comes out is not what went in, or if anything stays behind.
//
//     npm run bench:json            (-- 10 for another number of megabytes)

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { jsonDocument } from "./json-document.mjs";

const CONTENDERS = {
  "JSON.parse": plain,
  heapwright: inHeap,
  "heapwright, parse": parsed,
  "CPython 3.12 (Pyodide)": inPython,
};

function timed(work) {
  const start = performance.now();
  const result = work();
  return [performance.now() - start, result];
}

/** Bytes of JavaScript's own heap, after a collection. */
function usedHeap() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

function plain(text) {
  const before = usedHeap();
  const [into, document] = timed(() => JSON.parse(text));
  const bytes = usedHeap() - before;
  return { into, out: null, drop: null, bytes, values: countValues(document) };
}

async function inHeap(text) {
  const { Heap } = await import("../dist/index.js");
  const heap = Heap.createSync();
  const document = JSON.parse(text);
  const before = heap.stats();
  const [into, handle] = timed(() => heap.from(document));
  const loaded = heap.stats();
  heap.verify();
  const [out, copy] = timed(() => handle.toJS());
  assertEqual(document, copy);
  const [drop] = timed(() => handle.release());
  heap.verify();
  const after = heap.stats();
  if (after.objects !== before.objects || after.bytes.live !== before.bytes.live)
    throw new Error(
      `${after.objects - before.objects} objects and ${after.bytes.live - before.bytes.live} bytes are left`,
    );
  return { into, out, drop, bytes: loaded.bytes.live - before.bytes.live, values: countValues(document) };
}

/** Most times that text goes in each way: the shortest counts. */
const ROUNDS = 5;

/** The text itself, in turn with `JSON.parse` and `from`, in one process. */
async function parsed(text) {
  const { Heap } = await import("../dist/index.js");
  const heap = Heap.createSync();
  const before = heap.stats();
  let [into, both] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    for (const isText of [true, false]) {
      const [took, handle] = timed(() => (isText ? heap.parse(text) : heap.from(JSON.parse(text))));
      if (isText) into = Math.min(into, took);
      else both = Math.min(both, took);
      handle.release();
    }
  }
  const handle = heap.parse(text);
  const bytes = heap.stats().bytes.live - before.bytes.live;
  heap.verify();
  const [out, copy] = timed(() => handle.toJS());
  const document = JSON.parse(text);
  assertEqual(document, copy);
  const [drop] = timed(() => handle.release());
  heap.verify();
  const left = heap.stats().objects - before.objects;
  if (left !== 0) throw new Error(`${left} objects are left`);
  return { into, both, out, drop, bytes, values: countValues(document) };
}

/** Bytes: `sys.getsizeof` of each object once. (A text that is a key is one object for all its dicts, as the parser makes them.) */
const PYTHON = `
import gc, json, sys, time

def measure(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    start = time.perf_counter()
    document = json.loads(text)
    into = time.perf_counter() - start
    del text
    size, keys, pending = 0, {}, [document]
    while pending:
        value = pending.pop()
        if type(value) is not int or not -5 <= value <= 256:
            if value is not None and type(value) is not bool:
                size += sys.getsizeof(value)
        if type(value) is list:
            pending.extend(value)
        elif type(value) is dict:
            for key in value:
                keys[id(key)] = sys.getsizeof(key)
            pending.extend(value.values())
    size += sum(keys.values())
    start = time.perf_counter()
    out = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    out_time = time.perf_counter() - start
    del out, value, pending
    start = time.perf_counter()
    del document
    drop = time.perf_counter() - start
    return json.dumps({"into": into * 1000, "out": out_time * 1000, "drop": drop * 1000, "bytes": size})
`;

async function inPython(text) {
  const { loadPyodide } = await import("pyodide");
  const python = await loadPyodide();
  python.FS.writeFile("/document.json", text);
  python.runPython(PYTHON);
  return JSON.parse(python.globals.get("measure")("/document.json"));
}

function childrenOf(value) {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

function countValues(root) {
  let count = 0;
  const pending = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    count++;
    for (const child of childrenOf(value)) pending.push(child);
  }
  return count;
}

/** Values, types, keys and their order; without recursion. */
function assertEqual(a, b) {
  const pending = [[a, b]];
  while (pending.length > 0) {
    const [x, y] = pending.pop();
    if (typeof x !== "object" || x === null) {
      if (!Object.is(x, y)) throw new Error(`${String(x)} came out as ${String(y)}`);
      continue;
    }
    const keys = Object.keys(x);
    if (Array.isArray(x) !== Array.isArray(y) || keys.join("\n") !== Object.keys(y).join("\n"))
      throw new Error(`${keys.slice(0, 10).join()} came out as ${Object.keys(y).slice(0, 10).join()}`);
    for (const key of keys) pending.push([x[key], y[key]]);
  }
}

function measure(contender, megabytes) {
  const flags = ["--expose-gc", "--max-old-space-size=12288"];
  const script = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, [...flags, script, String(megabytes), contender], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.status !== 0) throw new Error(`${contender} failed`);
  return JSON.parse(child.stdout);
}

function report(megabytes) {
  const row = (cells) => console.log(cells.map((cell, i) => (i ? cell.padStart(11) : cell.padEnd(24))).join(""));
  const fixed = (number) => (number === null ? "-" : number.toFixed(0));
  console.log(`a JSON document of ${megabytes} MB`);
  row(["", "in, ms", "out, ms", "drop, ms", "MB", "B a value", "in, ratio"]);
  let first;
  let note = "";
  for (const contender of Object.keys(CONTENDERS)) {
    const result = measure(contender, megabytes);
    first ??= result;
    const { into, out, drop, bytes } = result;
    const each = (bytes / first.values).toFixed(1);
    if (result.both !== undefined)
      note = `parse takes ${fixed(into)} ms, JSON.parse and from in the same process ${fixed(result.both)} ms.`;
    row([contender, fixed(into), fixed(out), fixed(drop), fixed(bytes / 1e6), each, (into / first.into).toFixed(2)]);
  }
  console.log(
    `${first.values.toLocaleString("en-US")} values. heapwright's "in" is heap.from of what JSON.parse made, its "out" toJS;`,
  );
  console.log(note);
  console.log(
    `what came out was equal to what went in, and nothing stayed behind. Python's are json.loads and json.dumps.`,
  );
}

const megabytes = Number(process.argv[2] ?? 100);
const contender = process.argv[3];
if (contender === undefined) report(megabytes);
else console.log(JSON.stringify(await CONTENDERS[contender](jsonDocument(megabytes))));
