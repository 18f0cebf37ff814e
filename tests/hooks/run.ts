// Runs a place with hooks that act, and compares heap and model.

import { share } from "../../src/handles/adopt.js";
import { expect } from "vitest";
import type { StructHandle } from "../../src/index.js";
import type { Build } from "../support/core.js";
import type { Mode } from "../support/growth.js";
import { Cast, play } from "./cast.js";
import type { Scene } from "./deeds.js";
import type { Place } from "./places.js";

export interface Way {
  build: Build;
  pauses: Mode;
}

export interface Act {
  run: (scene: Scene, self: StructHandle | undefined, neighbour: StructHandle) => void;
  /** Hooks that act: those that they make run in turn do nothing. */
  fuel: number;
  /** Whether each finalizer acts, not that of the place's star alone. */
  isEveryone?: boolean;
}

export async function runPlace(place: Place, act: Act, { build, pauses }: Way): Promise<void> {
  const cast = await Cast.on(build, pauses);
  const witness = cast.make();
  let { fuel } = act;
  const scene: Scene = { cast, witness, container: undefined };
  const hook = (self?: StructHandle): void => {
    if (fuel-- <= 0) return;
    cast.heap.verify();
    const { store } = cast.heap.none;
    const neighbour = store.outsideScopes(
      () => (self?.get("left") as StructHandle | null | undefined) ?? share(store, cast.handleOf(witness).address),
    );
    try {
      act.run(scene, self, neighbour as StructHandle);
    } finally {
      neighbour.release();
      cast.heap.verify();
    }
  };
  play(cast, () => {
    cast.hook = hook;
    cast.isEveryone = act.isEveryone ?? false;
    const stage = place.build(cast, () => {
      hook();
    });
    scene.container = stage.container;
    stage.start();
    expect(fuel, "the hook ran").toBeLessThan(act.fuel);
    const unexpected = cast.unraisable.filter((error) => !isExpected(error, place.allowed ?? []));
    expect(unexpected.map((error) => (error as Error).message).join("; ")).toBe("");
    if (stage.isEnd === true) {
      for (const actor of cast.actors.values()) expect(actor.ran).toBeLessThanOrEqual(1);
      return;
    }
    fuel = 0;
    cast.check();
    cast.end();
  });
}

function isExpected(error: unknown, allowed: readonly string[]): boolean {
  const { code, message } = error as { code?: string; message: string };
  return code === undefined ? message === "on purpose" : allowed.includes(code);
}
