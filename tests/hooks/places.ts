// Where hooks run: every way in which user code comes to run inside the core. Each place builds its objects, says what
// the hook is given, and makes it run.

import type { Handle, StructHandle } from "../../src/index.js";
import { PHASE_GATHERING, PHASE_MARKING_PENDING, PHASE_SWEEPING, PHASE_FINALIZING } from "../../assembly/layout.js";
import type { Actor, Cast, Container } from "./cast.js";

export interface Stage {
  /** Makes the hook run. */
  start: () => void;
  /** The container that the star is in. */
  container?: Container;
  /** Whether the heap is gone afterwards. */
  isEnd?: boolean;
}

export interface Place {
  /** The hook is given the object that dies. */
  hasSelf: boolean;
  /** With bounded pauses alone. */
  boundedOnly?: boolean;
  /** Codes of errors that deeds may end with there. */
  allowed?: readonly string[];
  build: (cast: Cast, hook: () => void) => Stage;
}

/** A star with a neighbour that it alone holds. */
function star(cast: Cast): Actor {
  const actor = cast.make();
  const neighbour = cast.make();
  cast.link(actor, "left", neighbour);
  cast.link(actor, "right", cast.make());
  cast.drop(neighbour, actor.right as Actor);
  cast.star = actor;
  return actor;
}

/** A ring of two with finalizers, and what hangs off it; one of them is the star. Held by their handles. */
function ring(cast: Cast, place: "first" | "second" | "hanging" = "first"): Actor[] {
  const actors = [cast.make(), cast.make(), cast.make()] as const;
  cast.ring(...actors);
  // Whichever it is, it has a neighbour at its left.
  if (place === "hanging") cast.link(actors[2], "left", actors[0]);
  cast.star = actors[["first", "second", "hanging"].indexOf(place)] as Actor;
  return [...actors];
}

/** Steps of a cycle until it is in this phase, or over. */
function stepUntil(cast: Cast, phase: number): void {
  const { store } = cast.heap.none;
  for (let steps = 0; cast.heap.gc.step(5) && store.core.phase() < phase; steps++)
    if (steps > 10_000) throw new Error("the cycle does not get there");
}

const ofRing =
  (start: (cast: Cast) => void, position?: "first" | "second" | "hanging") =>
  (cast: Cast): Stage => {
    const actors = ring(cast, position);
    return {
      start: () => {
        cast.drop(...actors);
        start(cast);
      },
    };
  };

const ofOldRing = (start: (cast: Cast) => void, position?: "first" | "second" | "hanging") => (cast: Cast) => {
  const actors = ring(cast, position);
  cast.age();
  return {
    start: () => {
      cast.drop(...actors);
      start(cast);
    },
  };
};

/** A weak reference with the hook for its callback, to an actor that goes when the stage starts. */
const ofWeakref =
  (isRing: boolean, isOld: boolean, start: (cast: Cast) => void) =>
  (cast: Cast, hook: () => void): Stage => {
    const actors = isRing ? ring(cast) : [star(cast)];
    cast.star = undefined;
    for (const actor of actors) cast.callbacks.push(cast.heap.weakref.ref(cast.handleOf(actor), hook));
    if (isOld) cast.age();
    return {
      start: () => {
        cast.drop(...actors);
        start(cast);
      },
    };
  };

const ofFinalize =
  (isRing: boolean, start: (cast: Cast) => void, isEnd = false) =>
  (cast: Cast, hook: () => void): Stage => {
    const actors = isRing ? ring(cast) : [star(cast)];
    cast.star = undefined;
    for (const actor of actors) cast.heap.weakref.finalize(cast.handleOf(actor), hook);
    return {
      isEnd,
      start: () => {
        if (!isEnd) cast.drop(...actors);
        start(cast);
      },
    };
  };

const inContainer =
  (kind: "list" | "dict", start: (cast: Cast, container: Container, star: Actor) => void) =>
  (cast: Cast): Stage => {
    const others = [cast.make(), cast.make(false), cast.make()];
    const actor = star(cast);
    const items = [others[0], actor, others[1], others[2]] as Actor[];
    const container = kind === "list" ? cast.list(items) : cast.dict(items);
    return {
      container,
      start: () => {
        cast.drop(actor, ...others);
        start(cast, container, actor);
      },
    };
  };

function take(container: Container, actor: Actor): void {
  container.items = container.items.filter((item) => item !== actor);
}

const nothing = (): void => undefined;
const collect =
  (generation: 0 | 1 | 2) =>
  (cast: Cast): void => {
    cast.heap.gc.collect(generation);
  };
const settle = (cast: Cast): void => {
  cast.settle(5);
};

export const PLACES: Record<string, Place> = {
  "a finalizer, at the last release": {
    hasSelf: true,
    build: (cast) => {
      const actor = star(cast);
      return {
        start: () => {
          cast.drop(actor);
        },
      };
    },
  },
  "a finalizer, when a field is written": {
    hasSelf: true,
    build: (cast) => {
      const [holder, actor] = [cast.make(), star(cast)];
      cast.link(holder, "left", actor);
      cast.drop(actor);
      return {
        start: () => {
          cast.link(holder, "left", null);
        },
      };
    },
  },
  "a finalizer, at depth inside other deaths": {
    hasSelf: true,
    build: (cast) => {
      const actor = star(cast);
      let top = actor;
      for (let i = 0; i < 70; i++) {
        const [holder, beside] = [cast.make(i % 7 === 0), cast.make(i % 5 === 0)];
        cast.link(holder, "left", top);
        cast.link(holder, "right", beside);
        cast.drop(top, beside);
        top = holder;
      }
      return {
        start: () => {
          cast.drop(top);
        },
      };
    },
  },
  "a finalizer, past the limit of nesting": {
    hasSelf: true,
    build: (cast) => {
      const actor = star(cast);
      // Each finalizer releases the next: what is past the limit waits for the outermost death.
      const handles = Array.from({ length: 60 }, () => cast.heap.list());
      const Releaser = cast.heap.struct(
        "Releaser",
        { a: "ref" },
        {
          finalize: () => {
            const next = releasers.pop();
            if (next) next.release();
            else cast.drop(actor);
          },
        },
      );
      const releasers: Handle[] = handles.map((list) => {
        list.release();
        return Releaser.new();
      });
      return {
        start: () => {
          releasers.pop()?.release();
        },
      };
    },
  },
  "a finalizer, among many deaths": {
    hasSelf: true,
    build: (cast) => {
      const actors = Array.from({ length: 8 }, () => cast.make());
      const actor = star(cast);
      const list = cast.list([]);
      for (let i = 0; i < 1500; i++) (list.handle as ReturnType<typeof cast.heap.list>).append(i + 0.5);
      const more = cast.list([actors[0], actors[1], actor, actors[2], actors[3]] as Actor[]);
      (list.handle as ReturnType<typeof cast.heap.list>).append(more.handle);
      for (let i = 0; i < 1500; i++) (list.handle as ReturnType<typeof cast.heap.list>).append(i + 0.5);
      more.handle.release();
      return {
        start: () => {
          cast.drop(actor, ...actors);
          more.items = [];
          cast.dropContainer(list);
          settle(cast);
        },
      };
    },
  },
  "a finalizer, in a young collection": { hasSelf: true, build: ofRing(collect(0)) },
  "a finalizer of the second, in a young collection": { hasSelf: true, build: ofRing(collect(1), "second") },
  "a finalizer of what hangs off a ring, in a young collection": {
    hasSelf: true,
    build: ofRing(collect(0), "hanging"),
  },
  "a finalizer, in a collection at birth": {
    hasSelf: true,
    build: ofRing((cast) => {
      cast.heap.gc.setThreshold(1);
      for (let i = 0; i < 5; i++) cast.heap.list().release();
      const lists = Array.from({ length: 5 }, () => cast.heap.list());
      for (const list of lists) list.release();
      cast.heap.gc.setThreshold(1_000_000);
    }),
  },
  "a finalizer, in a full collection": { hasSelf: true, build: ofOldRing(collect(2)) },
  "a finalizer of the second, in a full collection": { hasSelf: true, build: ofOldRing(collect(2), "second") },
  "a finalizer of what hangs off a ring, in a full collection": {
    hasSelf: true,
    build: ofOldRing(collect(2), "hanging"),
  },
  "a finalizer, in a collection for want of memory": {
    hasSelf: true,
    allowed: ["OUT_OF_MEMORY"],
    build: ofOldRing((cast) => {
      const { heap } = cast;
      const ballast: Handle[] = [];
      try {
        for (;;) ballast.push(heap.bytes(new Uint8Array(2 ** 16)));
      } catch (error) {
        if ((error as { code?: string }).code !== "OUT_OF_MEMORY") throw error;
      }
      for (const handle of ballast) handle.release();
    }),
  },
  "a finalizer, in a cycle of steps": { hasSelf: true, boundedOnly: true, build: ofOldRing(settle) },
  "a finalizer of the second, in a cycle of steps": {
    hasSelf: true,
    boundedOnly: true,
    build: ofOldRing(settle, "second"),
  },
  "a finalizer of what hangs off a ring, in a cycle of steps": {
    hasSelf: true,
    boundedOnly: true,
    build: ofOldRing(settle, "hanging"),
  },
  ...Object.fromEntries(
    [
      ["gathering", PHASE_GATHERING],
      ["marking pending objects", PHASE_MARKING_PENDING],
      ["telling", PHASE_FINALIZING],
      ["sweeping", PHASE_SWEEPING],
    ].map(([name, phase]) => [
      `a finalizer, in a cycle that collect() ends while it is ${name}`,
      {
        hasSelf: true,
        boundedOnly: true,
        build: ofOldRing((cast) => {
          stepUntil(cast, phase as number);
          cast.heap.gc.collect();
        }),
      },
    ]),
  ),
  "a finalizer of what dies while a cycle marks": {
    hasSelf: true,
    boundedOnly: true,
    build: (cast) => {
      const actor = star(cast);
      const others = Array.from({ length: 200 }, () => cast.make(false));
      cast.age();
      return {
        start: () => {
          for (let i = 0; i < 3; i++) cast.heap.gc.step(1);
          cast.drop(actor);
          settle(cast);
          cast.drop(...others);
        },
      };
    },
  },
  "a finalizer, when collect() ends the deaths that wait": {
    hasSelf: true,
    boundedOnly: true,
    build: (cast) => {
      const actor = star(cast);
      const list = cast.list([actor]);
      for (let i = 0; i < 3000; i++) (list.handle as ReturnType<typeof cast.heap.list>).append(i + 0.5);
      return {
        start: () => {
          cast.drop(actor);
          cast.dropContainer(list);
          cast.heap.gc.collect();
        },
      };
    },
  },
  "a finalizer, when the pauses are switched": {
    hasSelf: true,
    boundedOnly: true,
    build: ofOldRing((cast) => {
      stepUntil(cast, PHASE_GATHERING);
      cast.heap.gc.pauses = "unbounded";
      cast.heap.gc.collect();
      cast.heap.gc.pauses = "bounded";
    }),
  },
  "a finalizer, when a list is cleared": {
    hasSelf: true,
    build: inContainer("list", (cast, container) => {
      cast.clear(container);
    }),
  },
  "a finalizer, when a list is cut": {
    hasSelf: true,
    build: inContainer("list", (_, container) => {
      container.items.splice(1, 2);
      (container.handle as ReturnType<Cast["heap"]["list"]>).removeRange(1, 3);
    }),
  },
  "a finalizer, when an item of a list is replaced": {
    hasSelf: true,
    build: inContainer("list", (_, container, actor) => {
      take(container, actor);
      (container.handle as ReturnType<Cast["heap"]["list"]>).set(1, null);
    }),
  },
  "a finalizer, when an item is popped": {
    hasSelf: true,
    build: inContainer("list", (_, container, actor) => {
      take(container, actor);
      const found = (container.handle as ReturnType<Cast["heap"]["list"]>).pop(1) as Handle;
      found.release();
    }),
  },
  "a finalizer, when a list goes": {
    hasSelf: true,
    build: inContainer("list", (cast, container) => {
      cast.dropContainer(container);
    }),
  },
  "a finalizer, when a dict is cleared": {
    hasSelf: true,
    build: inContainer("dict", (cast, container) => {
      cast.clear(container);
    }),
  },
  "a finalizer, when a value of a dict is replaced": {
    hasSelf: true,
    build: inContainer("dict", (_, container, actor) => {
      take(container, actor);
      (container.handle as ReturnType<Cast["heap"]["dict"]>).set(1, null);
    }),
  },
  "a finalizer, when a key of a dict is deleted": {
    hasSelf: true,
    build: inContainer("dict", (_, container, actor) => {
      take(container, actor);
      (container.handle as ReturnType<Cast["heap"]["dict"]>).delete(1);
    }),
  },
  "a finalizer, when a dict goes": {
    hasSelf: true,
    build: inContainer("dict", (cast, container) => {
      cast.dropContainer(container);
    }),
  },
  "a finalizer of a weak map's value, when its key dies": {
    hasSelf: true,
    build: (cast) => {
      const [key, actor] = [cast.make(), star(cast)];
      cast.enter(cast.handleOf(key), cast.handleOf(actor));
      cast.drop(actor);
      return {
        start: () => {
          cast.drop(key);
        },
      };
    },
  },
  "a finalizer of a weak map's value, when its entry is deleted": {
    hasSelf: true,
    build: (cast) => {
      const [key, actor] = [cast.make(), star(cast)];
      cast.enter(cast.handleOf(key), cast.handleOf(actor));
      cast.drop(actor);
      return {
        start: () => {
          cast.entries = [];
          cast.map.delete(cast.handleOf(key));
        },
      };
    },
  },
  "a finalizer of a weak map's value, when the map is cleared": {
    hasSelf: true,
    build: (cast) => {
      const [key, actor] = [cast.make(), star(cast)];
      cast.enter(cast.handleOf(key), cast.handleOf(actor));
      cast.drop(actor);
      return {
        start: () => {
          cast.entries = [];
          cast.map.clear();
        },
      };
    },
  },
  "a finalizer of a weak map's key": {
    hasSelf: true,
    build: (cast) => {
      const [value, actor] = [cast.make(), star(cast)];
      cast.enter(cast.handleOf(actor), cast.handleOf(value));
      cast.drop(value);
      return {
        start: () => {
          cast.drop(actor);
        },
      };
    },
  },
  "a finalizer of a weak map's value that leads to its key, in a collection": {
    hasSelf: true,
    build: (cast) => {
      const [key, actor] = [cast.make(), star(cast)];
      cast.link(actor, "right", key);
      cast.link(key, "left", key);
      cast.enter(cast.handleOf(key), cast.handleOf(actor));
      return {
        start: () => {
          cast.drop(actor, key);
          cast.heap.gc.collect();
          settle(cast);
        },
      };
    },
  },
  "a finalizer, when the heap is disposed of": {
    hasSelf: true,
    allowed: ["RELEASED_HANDLE"],
    build: (cast) => {
      star(cast);
      ring(cast, "second");
      return {
        isEnd: true,
        start: () => {
          cast.heap.dispose();
        },
      };
    },
  },
  "a weak reference's callback, at the last release": { hasSelf: false, build: ofWeakref(false, false, nothing) },
  "a weak reference's callback, in a young collection": { hasSelf: false, build: ofWeakref(true, false, collect(0)) },
  "a weak reference's callback, in a full collection": { hasSelf: false, build: ofWeakref(true, true, collect(2)) },
  "a weak reference's callback, in a cycle of steps": {
    hasSelf: false,
    boundedOnly: true,
    build: ofWeakref(true, true, settle),
  },
  "a weak reference's callback, among many deaths": {
    hasSelf: false,
    build: (cast, hook) => {
      const actors = Array.from({ length: 6 }, () => cast.make());
      const list = cast.list(actors);
      for (let i = 0; i < 3000; i++) (list.handle as ReturnType<typeof cast.heap.list>).append(i + 0.5);
      for (const actor of actors) cast.callbacks.push(cast.heap.weakref.ref(cast.handleOf(actor), hook));
      return {
        container: list,
        start: () => {
          cast.drop(...actors);
          cast.dropContainer(list);
          settle(cast);
        },
      };
    },
  },
  "a callback of a young collection": {
    hasSelf: false,
    build: (cast, hook) => {
      cast.heap.gc.callbacks.push(hook);
      return ofRing(collect(1))(cast);
    },
  },
  "a callback of a full collection": {
    hasSelf: false,
    build: (cast, hook) => {
      const stage = ofOldRing(collect(2))(cast);
      cast.heap.gc.callbacks.push(hook);
      return stage;
    },
  },
  "a callback of a cycle of steps": {
    hasSelf: false,
    boundedOnly: true,
    build: (cast, hook) => {
      const stage = ofOldRing(settle)(cast);
      cast.heap.gc.callbacks.push(hook);
      return stage;
    },
  },
  "weakref.finalize, at the last release": { hasSelf: false, build: ofFinalize(false, nothing) },
  "weakref.finalize, in a young collection": { hasSelf: false, build: ofFinalize(true, collect(0)) },
  "weakref.finalize, in a full collection": { hasSelf: false, build: ofFinalize(true, collect(2)) },
  "weakref.finalize, when the heap is disposed of": {
    hasSelf: false,
    allowed: ["RELEASED_HANDLE"],
    build: ofFinalize(
      false,
      (cast) => {
        cast.heap.dispose();
      },
      true,
    ),
  },
  "onUnraisable, of a finalizer at the last release": {
    hasSelf: false,
    build: (cast, hook) => {
      const actor = star(cast);
      cast.hook = () => {
        throw new Error("on purpose");
      };
      cast.onError = hook;
      return {
        start: () => {
          cast.drop(actor);
        },
      };
    },
  },
  "onUnraisable, of a finalizer in a full collection": {
    hasSelf: false,
    build: (cast, hook) => {
      const stage = ofOldRing(collect(2))(cast);
      cast.hook = () => {
        throw new Error("on purpose");
      };
      cast.onError = hook;
      return stage;
    },
  },
  "the sink of a collection's lines": {
    hasSelf: false,
    build: (cast, hook) => {
      const stage = ofOldRing(collect(2))(cast);
      cast.heap.gc.debugSink = hook;
      cast.heap.gc.setDebug(cast.heap.gc.DEBUG_STATS | cast.heap.gc.DEBUG_COLLECTABLE);
      return stage;
    },
  },
};

export type { StructHandle };
