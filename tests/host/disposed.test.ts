// After dispose() whatever is asked of the heap, or of what hangs on it, is refused with HEAP_DISPOSED: each public
// function, and each property. In the tables stands what answers all the same.

import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import { ARGUMENTS, functionsOf, makeCast } from "../support/calls.js";
import type { Cast } from "../support/calls.js";
import { CORES, codeOf } from "../support/heap.js";

/** Functions that answer. */
const ANSWERS: Record<string, string[]> = {
  "they end something, which is harmless when repeated": [
    ...["node.release", "pause.release", "valueMap.release", "trace.stop"],
  ],
  "they ask whether something is over": ["trace.isTracing"],
  "a finalizer is over, as in Python after the exit": ["finalizer.call", "finalizer.peek", "finalizer.detach"],
  "they have copies": ["snapshot.statistics", "snapshot.compareTo"],
  "a type knows its fields": ["Node.slotOf"],
};

/** Properties that answer. `core` and the like are the modules themselves. */
const PROPERTIES: Record<string, string[]> = {
  "they ask whether something is over": [...["heap.disposed", "node.released", "valueMap.released", "finalizer.alive"]],
  "records of what has been": ["gc.records"],
  "what the program has set": ["gc.callbacks", "gc.debugSink"],
  "not public": ["node.store"],
};

const namesIn = (table: Record<string, string[]>): string[] => Object.values(table).flat().sort();

type Call = [name: string, run: () => unknown];

/** Calls of all functions, with arguments that were right. */
function callsOf(cast: Cast): Call[] {
  return functionsOf(cast).map((name) => {
    const [kind, key] = name.split(".") as [keyof Cast, string];
    const given = ARGUMENTS[name]?.(cast) ?? [];
    return [
      name,
      () => {
        const result = Reflect.apply((cast[kind] as never)[key], cast[kind], given) as unknown;
        // A generator begins with the first step.
        if (typeof result === "object" && result !== null && "next" in result) (result as Iterator<unknown>).next();
      },
    ];
  });
}

/** Reads and writes of all properties that are no plain values. */
function accessesOf(cast: Cast): Call[] {
  const calls: Call[] = [];
  const seen = new Set<unknown>();
  for (const [kind, object] of Object.entries(cast)) {
    for (let at = object as object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
      if (seen.has(at)) continue;
      seen.add(at);
      for (const [name, { get, set }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
        const access = `${kind}.${name}`;
        if (get !== undefined) calls.push([access, () => Reflect.apply(get, object, []) as unknown]);
        const given = ARGUMENTS[`${access}=`]?.(cast) ?? [];
        if (set !== undefined) calls.push([`${access}=`, () => Reflect.apply(set, object, given) as unknown]);
      }
    }
  }
  return calls;
}

/** Names of calls that are not refused with HEAP_DISPOSED, once the heap has ended. */
function answering(heap: Heap, callsIn: (cast: Cast) => Call[]): string[] {
  const calls = callsIn(makeCast(heap));
  heap.dispose();
  const codes = calls.map(([name, run]) => [name, codeOf(run)] as const).filter(([, code]) => code !== "HEAP_DISPOSED");
  // What answers has no other error.
  expect(codes.filter(([, code]) => code !== "no error")).toEqual([]);
  return codes.map(([name]) => name).sort();
}

describe.each(CORES)("after dispose(), %s core: HEAP_DISPOSED is the answer of", (_, options) => {
  test("each public function except those in the table", () => {
    expect(answering(Heap.createSync(options()), callsOf)).toEqual(namesIn(ANSWERS));
  });

  test("each public property except those in the table", () => {
    expect(answering(Heap.createSync(options()), accessesOf)).toEqual(namesIn(PROPERTIES));
  });

  test("a handle released before, and one released by dispose()", () => {
    const heap = Heap.createSync(options());
    const [released, left] = [heap.list(), heap.list()];
    released.release();
    expect(codeOf(() => released.length)).toBe("RELEASED_HANDLE");
    heap.dispose();
    expect([codeOf(() => released.length), codeOf(() => left.length)]).toEqual(["HEAP_DISPOSED", "HEAP_DISPOSED"]);
  });
});
