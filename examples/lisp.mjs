// A small Lisp whose every cell lives in the heap: pairs, symbols, boxed numbers, closures, environments.
//
//     node examples/lisp.mjs
//
// A `define` inside a function makes a cycle with each call: the environment holds the closure, the closure the
// environment. Counts cannot free those; the collector comes by itself and does. All else dies on the spot.

import { fileURLToPath } from "node:url";
import { Handle, Heap, StructHandle } from "heapwright";

const PROGRAM = `
  (define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
  (fib 15)
  (define (range from to) (if (< from to) (cons from (range (+ from 1) to)) nil))
  (define (map f xs) (if (null? xs) nil (cons (f (car xs)) (map f (cdr xs)))))
  (define (filter keep? xs)
    (if (null? xs) nil (if (keep? (car xs)) (cons (car xs) (filter keep? (cdr xs))) (filter keep? (cdr xs)))))
  (map (lambda (n) (* n n)) (filter (lambda (n) (< 2 n)) (range 0 8)))
  (map car '((heap of) (wright of heaps)))
  (define (triangle n)
    (define (go i sum) (if (= i 0) sum (go (- i 1) (+ sum i))))
    (go n 0))
  (repeat 2000 (triangle 5))`;

/** An interpreter. It computes with atoms as JavaScript values, nil as null, and handles for all else. */
export function createLisp(heap) {
  const Pair = heap.struct("Pair", { car: "ref", cdr: "ref" });
  const Closure = heap.struct("Closure", { params: "ref", body: "ref", env: "ref" });
  const Primitive = heap.struct("Primitive", { name: "str" });
  const Env = heap.struct("Env", { names: "ref", outer: "ref" });

  let cells = 0;
  const make = (type, fields) => (cells++, type.new(fields));

  /** The cell that holds a value, and the value that a cell holds. */
  const box = (value) => (typeof value === "string" ? heap.intern(value) : value === null ? null : heap.from(value));
  const unbox = (cell) => (cell === null || cell instanceof StructHandle ? cell : cell.toJS());

  const cons = (first, rest) => make(Pair, { car: box(first), cdr: box(rest) });
  const head = (pair) => unbox(pair.car);
  const tail = (pair) => unbox(pair.cdr);
  const listOf = (values) => values.reduceRight((rest, value) => cons(value, rest), null);
  function* itemsOf(list) {
    for (let at = list; at !== null; at = tail(at)) yield head(at);
  }

  /** Reads one expression off the end of the tokens, which are in reverse. */
  function read(tokens) {
    const token = tokens.pop();
    if (token === "'") return listOf(["quote", read(tokens)]);
    if (token !== "(") return isNaN(token) ? token : Number(token);
    const items = [];
    while (tokens.at(-1) !== ")") items.push(read(tokens));
    tokens.pop();
    return listOf(items);
  }

  function show(value) {
    if (!(value instanceof Handle)) return String(value ?? "nil");
    return Pair.is(value) ? `(${[...itemsOf(value)].map(show).join(" ")})` : `<${value.type}>`;
  }

  const isTrue = (value) => value !== null && value !== false;
  const primitives = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "=": (a, b) => a === b,
    "<": (a, b) => a < b,
    "null?": (a) => a === null,
    ...{ cons, car: head, cdr: tail },
  };

  const forms = {
    __proto__: null,
    quote: (rest) => head(rest),
    if: (rest, env) => evaluate(head(isTrue(evaluate(head(rest), env)) ? tail(rest) : tail(tail(rest))), env),
    lambda: (rest, env) => make(Closure, { params: head(rest), body: tail(rest), env }),
    define(rest, env) {
      const target = head(rest);
      if (typeof target === "string") return bind(env, target, evaluate(head(tail(rest)), env));
      return bind(env, head(target), make(Closure, { params: tail(target), body: tail(rest), env }));
    },
    repeat: (rest, env) => Array.from({ length: head(rest) }, () => evaluate(head(tail(rest)), env)).at(-1),
  };

  function bind(env, name, value) {
    env.names.set(name, box(value));
  }

  function lookUp(name, env) {
    for (let at = env; at !== null; at = at.outer) if (at.names.has(name)) return at.names.get(name);
    throw new ReferenceError(`unbound symbol: ${name}`);
  }

  function apply(f, ...args) {
    if (Primitive.is(f)) return primitives[f.name](...args);
    const env = make(Env, { names: heap.dict(), outer: f.env });
    for (const param of itemsOf(f.params)) bind(env, param, args.shift());
    return [...itemsOf(f.body)].map((expression) => evaluate(expression, env)).at(-1);
  }

  /** Each evaluation is a scope: what it took hold of on its way it lets go of, all but its value. */
  function evaluate(expression, env) {
    return heap.scope(() => {
      if (typeof expression === "string") return lookUp(expression, env);
      if (!(expression instanceof Handle)) return expression;
      const operator = head(expression);
      if (typeof operator === "string" && operator in forms) return forms[operator](tail(expression), env);
      return apply(...[...itemsOf(expression)].map((part) => evaluate(part, env)));
    });
  }

  const globals = heap.scope(() => {
    const env = make(Env, { names: heap.dict({ nil: null }), outer: null });
    for (const name of Object.keys(primitives)) bind(env, name, make(Primitive, { name }));
    return env;
  });
  return { globals, read, show, evaluate, cells: () => cells };
}

export function run({ program = PROGRAM, write = console.log } = {}) {
  const heap = Heap.createSync();
  const empty = heap.stats();
  const { globals, read, show, evaluate, cells } = createLisp(heap);
  const line = (name, value) => write(`${name.padEnd(70)} ${value}`);

  const results = [];
  const tokens = program.match(/[()']|[^\s()']+/g).reverse();
  while (tokens.length > 0)
    heap.scope(() => {
      const expression = read(tokens);
      const value = evaluate(expression, globals);
      if (value === undefined) return; // a definition
      results.push(show(value));
      line(show(expression), results.at(-1));
    });
  const collections = heap.gc.getStats();
  globals.release();
  heap.gc.collect();
  const left = heap.stats();
  line("cells made", cells());
  line("collections that came by themselves", collections.map((generation) => generation.collections).join(" + "));
  line("objects they freed", collections.map((generation) => generation.collected).join(" + "));
  line("objects left once the interpreter is dropped", left.objects - empty.objects);
  return { heap, results, cells: cells(), collections, empty, left };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) run();
