// Whose code runs: this package's, or the program's. Of a stack that is looked at, the frames from the package's way in up to
// its way out are its own. Names and files of frames do not say so: a bundle has one file, and a minified one no names.

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** The public function that is at work; none while code of the program runs, be it called from within one. */
let entrance: AnyFunction | undefined;
/** Whether entrances are marked. Until somebody asks for stacks they are not, and cost nothing. */
export let isMarking = false;

/** Functions that mark. */
const marked = new WeakSet<AnyFunction>();

/** Calls a function of the program's. (Or one of the engine's: one of this package's would be taken for the program's.) */
export function outside<A extends unknown[], T>(run: (...args: A) => T, self?: unknown, ...args: A): T {
  if (!isMarking) return Reflect.apply(run, self, args);
  const inside = entrance;
  entrance = undefined;
  try {
    return Reflect.apply(run, self, args);
  } finally {
    entrance = inside;
  }
}

/** The same function, and a mark on the stack while it runs for the program. Within this package it is not called anew. */
export function entering<F extends AnyFunction>(run: F): F {
  if (marked.has(run)) return run;
  const enter = function (this: unknown, ...args: never[]): unknown {
    if (entrance !== undefined) return Reflect.apply(run, this, args);
    entrance = enter;
    try {
      return Reflect.apply(run, this, args);
    } finally {
      entrance = undefined;
    }
  };
  for (const name of ["name", "length"] as const)
    Object.defineProperty(enter, name, { value: run[name], configurable: true });
  marked.add(enter);
  return enter as unknown as F;
}

/** Each step of an iterator of this package is an entrance, too. */
export function stepping<T extends Iterator<unknown> | AsyncIterator<unknown>>(iterator: T): T {
  if (isMarking) {
    const next = entering(Reflect.get(iterator, "next") as unknown as AnyFunction);
    Object.defineProperty(iterator, "next", { value: next, writable: true, configurable: true });
  }
  return iterator;
}

/** Methods that give iterators. */
const STEPPED: ReadonlySet<PropertyKey> = new Set(["keys", "values", "entries", Symbol.iterator]);

function asStepped(run: AnyFunction): AnyFunction {
  return function (...args) {
    return stepping(Reflect.apply(run, this, args) as Iterator<unknown>);
  };
}

/** Marks methods and accessors of an object, those that are not marked yet. */
export function markMembers(holder: object, names: Iterable<PropertyKey>): void {
  isMarking = true;
  for (const name of names) {
    const member = Object.getOwnPropertyDescriptor(holder, name);
    if (member === undefined || name === "constructor") continue;
    for (const part of ["value", "get", "set"] as const) {
      const run: unknown = Reflect.get(member, part);
      if (typeof run !== "function" || marked.has(run as AnyFunction)) continue;
      const method = run as AnyFunction;
      // Within this package, its own iterators are stepped through as they are.
      const isStepped = STEPPED.has(name);
      member[part] = isStepped ? entering(asStepped(method)) : entering(method);
    }
    Object.defineProperty(holder, name, member);
  }
}

/** The entrance that is the innermost on the stack, for engines that cut stacks at a function. */
export function innermostEntrance(): AnyFunction | undefined {
  return entrance;
}

/** What something gives right behind an entrance, and right behind a way out: so stacks have the marks as the engine writes them. */
export function throughMarks<T>(run: () => T): [entered: T, left: T] {
  const [before, was] = [entrance, isMarking];
  entrance = undefined;
  isMarking = true;
  try {
    return [entering(run)(), outside(run)];
  } finally {
    entrance = before;
    isMarking = was;
  }
}
