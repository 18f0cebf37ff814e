// Random calls of every public function, accessor and setter with random junk among right arguments: whatever comes out is an
// error with a code, or what the junk throws itself, and the heap is sound after each. The long run: `npm run fuzz:junk`.

import { describe, expect, test } from "vitest";
import { HeapwrightError } from "../../src/index.js";
import { trace } from "../../src/trace.js";
import { BAD_VALUES, MINE } from "../support/bad-values.js";
import { ARGUMENTS, functionsOf, makeCast } from "../support/calls.js";
import type { Cast } from "../support/calls.js";
import { CORES } from "../support/heap.js";
import { runProgram } from "../support/program.js";
import { howMany } from "../support/random.js";

/** The release core takes addresses as they are: what it is given there has to be right. */
const TRUSTED = /^(?:core|batch)\./;
/** Functions that would make many steps slow, or end the cast. */
const LEFT_OUT = new Set(["heap.imageStream"]);
const seeds = howMany(3);

describe.each(CORES)("%s core", (build, options) => {
  test("random values as arguments of every function", () => {
    const quiet = { ...options(), traceHandles: false, onUnraisable: (): void => undefined };
    runProgram(quiet, { seeds, steps: 150, firstSeed: 1 }, (heap, random) => {
      const makers = Object.values(BAD_VALUES);
      const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
      return () => {
        const cast = makeCast(heap);
        heap.gc.debugSink = () => undefined;
        const names = [...new Set([...functionsOf(cast), ...Object.keys(ARGUMENTS)])].filter(
          (name) => !LEFT_OUT.has(name) && (build === "checked" || !TRUSTED.test(name)),
        );
        const junk = (): unknown =>
          random(4) === 0 ? cast[pick(Object.keys(cast)) as keyof Cast] : pick(makers)(heap);
        for (let i = 0; i < 3; i++) {
          const name = pick(names);
          // A reference too many given back is right to the core, and wrong for whoever held it.
          const right = cast.node.released || cast.list.released ? [] : (ARGUMENTS[name]?.(cast) ?? []);
          if (name.endsWith("decref")) continue;
          const values = right.map((value) => (random(2) === 0 ? junk() : value));
          while (random(3) === 0) values.push(junk());
          values.length -= random(4) === 0 ? Math.min(1, values.length) : 0;
          callJunk(cast, name, values);
        }
        trace(heap).stop();
        heap.gc.callbacks.length = 0;
      };
    });
  });
});

function callJunk(cast: Cast, name: string, values: unknown[]): void {
  const [kind, method] = name.split(".") as [keyof Cast, string];
  const object = cast[kind] as unknown as Record<string, unknown>;
  try {
    if (method.endsWith("=")) object[method.slice(0, -1)] = values[0];
    else Reflect.apply(object[method] as () => unknown, object, values);
  } catch (error) {
    const isMine =
      error === MINE || (error instanceof HeapwrightError && error.code.length > 0 && error.code !== "CORRUPT_HEAP");
    expect(isMine ? "" : `${name}: ${String(error)}`).toBe("");
  }
}
