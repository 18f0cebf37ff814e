// The environment of an interpreter: scopes that nest, and closures that keep the scope they were made in. A scope that
// holds its own closure is a cycle, which reference counts alone cannot free. The collector does.

import { DictHandle, Heap, ref, required, type ObjectOf, type Value } from "heapwright";

const heap = Heap.createSync();
const empty = heap.stats();

// prettier-ignore
const fields = {
  names: "value", // a dict
  get outer() { return ref(Scope); },
} as const;
const Scope = heap.struct("Scope", fields);
const Closure = heap.struct("Closure", { parameter: required("str"), body: "u32", scope: required(ref(Scope)) });
type Scope = ObjectOf<typeof Scope>;
type Expression = (scope: Scope) => Value;
const bodies: Expression[] = []; // code is a function of JavaScript, values are in the heap

function define(scope: Scope, name: string, value: Value): void {
  const { names } = scope;
  if (names instanceof DictHandle) names.set(name, value);
}
function lookUp(scope: Scope, name: string): Value {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const value = at.read("names", name);
    if (value !== undefined) return value;
  }
  throw new ReferenceError(`${name} is not defined`);
}

function lambda(parameter: string, body: Expression): Expression {
  const code = bodies.push(body) - 1;
  return (scope) => Closure.new({ parameter, body: code, scope });
}
function call(callee: Expression, argument: Value): Expression {
  return (scope) => {
    const closure = callee(scope);
    const body = Closure.is(closure) ? bodies[closure.body] : undefined;
    if (!Closure.is(closure) || !body) throw new TypeError(`${String(closure)} is not a function`);
    return body(Scope.new({ names: { [closure.parameter]: argument }, outer: closure.scope }));
  };
}
function get(name: string): Expression {
  return (scope) => lookUp(scope, name);
}
const sum: Expression = (scope) => Number(lookUp(scope, "x")) + Number(lookUp(scope, "y"));
const left = (): number => heap.stats().objects - empty.objects;
{
  using globals = Scope.new({ names: {} });
  const run = (name: string, value: Expression): void => heap.scope(() => define(globals, name, value(globals)));
  run("adder", lambda("x", lambda("y", sum))); // x => y => x + y
  run("add3", call(get("adder"), 3));
  run("seven", call(get("add3"), 4));
  console.log(`add3(4) is ${lookUp(globals, "seven")}; objects: ${left()}`);
}
console.log(`the globals are dropped, their cycles are not: ${left()}`);
console.log(`collected: ${heap.gc.collect()}`);
heap.verify();
console.log(`left: ${left()} objects, ${heap.stats().handles} handles`);
