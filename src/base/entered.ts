// Tells frames of this package from frames of the program in a stack. The package's frames lie between the entrance (the
// public function called) and the exit (the program's function called back). Names and files of frames do not suffice: a
// bundle is one file, and a minified one has no names.

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** The public function that is running; undefined while code of the program runs, even if that function called it. */
let entrance: AnyFunction | undefined;
/** Whether entrances are marked. They are not, and cost nothing, until stacks are requested. */
export let isMarking = false;

/** Functions returned by `entering`. */
const marked = new WeakSet<AnyFunction>();

/** Calls a function of the program or the engine. (A function of this package would be taken for the program's.) */
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

/** Wraps a function so that it marks the stack when the program calls it. A call from within this package sets no new mark. */
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

/** Makes each step of a public iterator an entrance, too. */
export function stepping<T extends Iterator<unknown> | AsyncIterator<unknown>>(iterator: T): T {
  if (isMarking) {
    const next = entering(Reflect.get(iterator, "next") as unknown as AnyFunction);
    Object.defineProperty(iterator, "next", { value: next, writable: true, configurable: true });
  }
  return iterator;
}

/** Methods that return iterators. */
const STEPPED: ReadonlySet<PropertyKey> = new Set(["keys", "values", "entries", Symbol.iterator]);

function asStepped(run: AnyFunction): AnyFunction {
  return function (...args) {
    return stepping(Reflect.apply(run, this, args) as Iterator<unknown>);
  };
}

/** Wraps the methods and accessors of an object that are not wrapped yet. */
export function markMembers(holder: object, names: Iterable<PropertyKey>): void {
  isMarking = true;
  for (const name of names) {
    const member = Object.getOwnPropertyDescriptor(holder, name);
    if (member === undefined || name === "constructor") continue;
    for (const part of ["value", "get", "set"] as const) {
      const run: unknown = Reflect.get(member, part);
      if (typeof run !== "function" || marked.has(run as AnyFunction)) continue;
      const method = run as AnyFunction;
      // Within this package, iterators are used unwrapped.
      const isStepped = STEPPED.has(name);
      member[part] = isStepped ? entering(asStepped(method)) : entering(method);
    }
    Object.defineProperty(holder, name, member);
  }
}

/** The innermost entrance on the stack, for engines that can cut a stack at a function. */
export function innermostEntrance(): AnyFunction | undefined {
  return entrance;
}

/** The results of `run` directly below an entrance and directly below an exit. Both marks then appear as the engine writes them. */
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
