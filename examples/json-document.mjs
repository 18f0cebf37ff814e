// A large JSON document in the heap: loaded, asked, dropped, and every byte given back.
//
//     node examples/json-document.mjs                             20 MB of orders, made up on the spot
//     node examples/json-document.mjs 5e6                         as many bytes of orders
//     node examples/json-document.mjs data.json 'users.*.city'    a document of yours, and paths into it
//
// What is read out of a container is a JavaScript value, or else a handle that owns a reference. `lending` lets go
// of each when the loop moves on, so that no query can leak, not even one that breaks off.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DictHandle, Handle, Heap, lending, ListHandle } from "heapwright";

const COUNTRIES = ["Chile", "Ghana", "Iceland", "Japan", "Nepal", "Peru", "Samoa"];
const BYTES_AN_ORDER = 232;

/** The same orders each time: a query can be checked against another day's. */
export function generateDocument(bytes) {
  let seed = 1;
  const below = (limit) => (seed = (seed * 48271) % 2147483647) % limit;
  const line = () => ({ sku: `SKU-${below(10_000)}`, price: 1 + below(20_000) / 100, quantity: 1 + below(5) });
  const order = (_, id) => ({
    id,
    state: ["paid", "open", "returned"][below(3)],
    customer: { name: `Customer ${below(5_000)}`, country: COUNTRIES[below(COUNTRIES.length)] },
    lines: Array.from({ length: 1 + below(5) }, line),
  });
  return { shop: "Heap & Sons", orders: Array.from({ length: Math.ceil(bytes / BYTES_AN_ORDER) }, order) };
}

function childrenOf(value) {
  if (value instanceof DictHandle) return lending(value.values());
  if (value instanceof ListHandle) return lending(value);
  return [];
}

function childAt(value, key) {
  const child = value instanceof DictHandle ? value.get(key) : undefined;
  return child === undefined ? [] : lending([child]);
}

/** The values at the end of a path; `*` stands for all items of a list, or all values of a dict. */
export function* select(value, [key, ...rest]) {
  if (key === undefined) yield value;
  else for (const child of key === "*" ? childrenOf(value) : childAt(value, key)) yield* select(child, rest);
}

/** A `collections.Counter`. */
function add(counter, key, amount = 1) {
  return counter.set(key, (counter.get(key) ?? 0) + amount);
}

/** How many values of each type there are in the document, itself included. */
function census(value, counter = new Map()) {
  add(counter, value === null ? "null" : value instanceof Handle ? value.type : typeof value);
  for (const child of childrenOf(value)) census(child, counter);
  return counter;
}

function tally(values) {
  const counter = new Map();
  for (const value of values) add(counter, String(value));
  return counter;
}

function totalOf(order) {
  let total = 0;
  for (const line of select(order, ["lines", "*"])) total += line.get("price") * line.get("quantity");
  return total;
}

function revenueByCountry(document) {
  const counter = new Map();
  for (const order of select(document, ["orders", "*"])) {
    if (order.get("state") !== "paid") continue;
    add(counter, order.read("customer", "country"), totalOf(order));
  }
  return counter;
}

/** As plain JavaScript. The orders behind it are never looked at. */
function firstAbove(document, limit) {
  for (const order of select(document, ["orders", "*"])) if (totalOf(order) > limit) return order.toJS();
  return null;
}

const QUERIES = [
  ["count the values of each type", census],
  ["orders by state", (document) => tally(select(document, ["orders", "*", "state"]))],
  ["revenue by country", revenueByCountry],
  ["the first order above 3,000", (document) => firstAbove(document, 3000)],
];

function queriesOf(paths) {
  return [QUERIES[0], ...paths.map((path) => [path, (document) => tally(select(document, path.split(".")))])];
}

const grouped = (number) => Math.round(number).toLocaleString("en-US");

/** What a query says; of a counter the greatest. */
function linesOf(answer) {
  if (!(answer instanceof Map)) return [`${JSON.stringify(answer).slice(0, 72)} …`];
  const greatest = [...answer].sort(([, a], [, b]) => b - a).slice(0, 7);
  return greatest.map(([key, amount]) => `${key.slice(0, 30).padEnd(30)} ${grouped(amount).padStart(10)}`);
}

export function run({ text, paths = [], bytes = 20e6, write = console.log } = {}) {
  const heap = Heap.createSync();
  const step = (name, work) => {
    const start = performance.now();
    const result = work();
    const time = `${grouped(performance.now() - start)} ms`;
    write(`${name.padEnd(31)} ${time.padStart(9)} ${grouped(heap.stats().bytes.live).padStart(15)} bytes in use`);
    return result;
  };

  const before = step("an empty heap", () => heap.stats());
  const json = text ?? step("make up orders", () => JSON.stringify(generateDocument(bytes)));
  const document = step(`load ${(json.length / 1e6).toFixed(1)} MB of JSON`, () => heap.from(JSON.parse(json)));
  const loaded = heap.stats();
  const answers = (text === undefined ? QUERIES : queriesOf(paths)).map(([name, query]) => {
    const answer = step(name, () => query(document));
    for (const line of linesOf(answer)) write(`  ${line}`);
    return answer;
  });
  step("drop the document", () => document.release());
  const after = heap.stats();

  const left = after.bytes.live - before.bytes.live;
  write(`\n${grouped(loaded.objects - after.objects)} objects gone, ${left} bytes left.`);
  return { heap, before, loaded, after, answers };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path, ...paths] = process.argv.slice(2);
  if (path === undefined) run();
  else run(Number(path) > 0 ? { bytes: Number(path) } : { text: readFileSync(path, "utf8"), paths });
}
