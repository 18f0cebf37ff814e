// What hooks do. Each is given the object whose finalizer runs, if it is a finalizer that runs; and somebody else it
// may act on: a neighbour that hangs off the same object, or, in other hooks, any actor that the test holds.

import type { DictHandle, Handle, ListHandle, StructHandle } from "../../src/index.js";
import { save } from "../../src/image.js";
import { TYPE_DESCRIPTOR_SIZE } from "../../assembly/layout.js";
import { collectAlways } from "../support/torture.js";
import { codeOf } from "./cast.js";
import type { Actor, Cast, Container } from "./cast.js";

/** What a hook finds around it. */
export interface Scene {
  cast: Cast;
  /** Lives, whatever happens: the test holds it. */
  witness: Actor;
  /** Has the star for an item, or had it; or is any other. */
  container: Container | undefined;
}

export interface Deed {
  /** Acts on the object whose finalizer runs. */
  needsSelf?: boolean;
  /** Throws, and what it throws goes to `onUnraisable`. */
  throws?: boolean;
  /** Torture switches are in the checked core alone. */
  checkedOnly?: boolean;
  run: (scene: Scene, self: StructHandle | undefined, neighbour: StructHandle) => void;
}

/** Fills memory to the last block, and gives it back when `run` has run. */
function withoutMemory(cast: Cast, run: () => void): void {
  const ballast: Handle[] = [];
  const { heap } = cast;
  for (let size = 2 ** 20; size >= 8; size >>= 1) {
    try {
      for (;;) ballast.push(heap.none.store.outsideScopes(() => heap.bytes(new Uint8Array(size))));
    } catch (error) {
      if (codeOf(rethrow(error)) !== "OUT_OF_MEMORY") throw error;
    }
  }
  try {
    run();
  } finally {
    for (const handle of ballast) handle.release();
  }
}

const rethrow = (error: unknown) => (): never => {
  throw error;
};

/** Does something for which memory may be out: then nothing has happened. */
function attempt(run: () => void): void {
  const code = codeOf(run);
  if (code !== "no error" && code !== "OUT_OF_MEMORY") throw new Error(`unexpected: ${code}`);
}

/** In a collection it is refused, and nothing has happened. */
function switchPauses({ heap, isBounded }: Cast): void {
  const code = codeOf(() => {
    heap.gc.pauses = isBounded ? "unbounded" : "bounded";
  });
  if (code !== "no error" && code !== "HEAP_BUSY") throw new Error(`unexpected: ${code}`);
}

/** So many objects, each held by a handle that the finalizer of the one before releases. */
function chainOfDeaths(cast: Cast, length: number, also: () => void = () => undefined): void {
  const links: Handle[] = [];
  let ran = 0;
  const name = `Link ${cast.heap.stats().objects} ${Math.random()}`;
  const Link = cast.heap.struct(
    name,
    { a: "ref" },
    {
      finalize: () => {
        ran++;
        also();
        links.pop()?.release();
      },
    },
  );
  for (let i = 0; i < length; i++) links.push(cast.heap.none.store.outsideScopes(() => Link.new()));
  links.pop()?.release();
  cast.later.push(() => {
    if (ran !== length) throw new Error(`${ran} of ${length} finalizers ran`);
  });
}

export const DEEDS: Record<string, Deed> = {
  "do nothing": { run: () => undefined },
  "hold a neighbour 254 times": { run: ({ cast }, _, neighbour) => cast.hold(neighbour, 254) },
  "hold a neighbour 300 times": { run: ({ cast }, _, neighbour) => cast.hold(neighbour, 300) },
  "hold a neighbour 300 times, and let go again": {
    run: ({ cast }, _, neighbour) => {
      const actor = cast.actorOf(neighbour);
      const before = actor.held.length;
      cast.hold(neighbour, 300);
      for (const handle of actor.held.splice(before)) handle.release();
    },
  },
  "hold itself": { needsSelf: true, run: ({ cast }, self) => cast.hold(self as StructHandle) },
  "hold itself 254 times": { needsSelf: true, run: ({ cast }, self) => cast.hold(self as StructHandle, 254) },
  "hold itself 300 times": { needsSelf: true, run: ({ cast }, self) => cast.hold(self as StructHandle, 300) },
  "hold itself 300 times, and let go again": {
    needsSelf: true,
    run: ({ cast }, self) => {
      cast.hold(self as StructHandle, 300);
      cast.drop(cast.actorOf(self as StructHandle));
    },
  },
  "hold itself and a neighbour 300 times": {
    needsSelf: true,
    run: ({ cast }, self, neighbour) => {
      cast.hold(self as StructHandle, 300);
      cast.hold(neighbour, 300);
    },
  },
  "link itself to what lives": {
    needsSelf: true,
    run: ({ cast, witness }, self) => {
      const handle = self as StructHandle;
      witness.right = cast.actorOf(handle);
      cast.handleOf(witness).set("right", handle);
    },
  },
  "empty its own fields": {
    needsSelf: true,
    run: ({ cast }, self) => {
      const actor = cast.actorOf(self as StructHandle);
      cast.link(actor, "left", null, self);
      cast.link(actor, "right", null, self);
    },
  },
  "empty a neighbour's fields": {
    run: ({ cast }, _, neighbour) => {
      const actor = cast.actorOf(neighbour);
      cast.link(actor, "left", null, neighbour);
      cast.link(actor, "right", null, neighbour);
    },
  },
  "define 100 types": {
    run: ({ cast }) => {
      for (let i = 0; i < 100; i++) cast.newType();
      // Where the table of types was, whichever size it had, something else is: it would read as that of lists.
      const { heap } = cast;
      for (let capacity = 64; capacity <= 1024; capacity *= 2)
        for (let i = 0; i < 4; i++)
          cast.keep(() => heap.bytes(new Uint8Array(capacity * TYPE_DESCRIPTOR_SIZE - 8).fill(4)));
    },
  },
  "collect each generation": {
    run: ({ cast }) => {
      for (const generation of [0, 1, 2] as const) cast.heap.gc.collect(generation);
    },
  },
  "do steps": {
    run: ({ cast }) => {
      for (const units of [1, 100, 10_000, 100_000]) cast.heap.gc.step(units);
    },
  },
  freeze: {
    run: ({ cast }) => {
      cast.heap.gc.freeze();
    },
  },
  "freeze and unfreeze": {
    run: ({ cast }) => {
      cast.heap.gc.freeze();
      cast.heap.gc.unfreeze();
    },
  },
  "switch pauses to and fro": {
    run: ({ cast }) => {
      switchPauses(cast);
      switchPauses(cast);
    },
  },
  "switch pauses": {
    run: ({ cast }) => {
      switchPauses(cast);
    },
  },
  "pause and disable collection": {
    run: ({ cast }) => {
      cast.heap.gc.disable();
      cast.heap.gc.pause(() => cast.heap.gc.step(1000));
      cast.heap.gc.enable();
    },
  },
  "let 1,000 die, each of which lets the next die": { run: ({ cast }) => chainOfDeaths(cast, 1000) },
  "let 200 die, each of which collects": {
    run: ({ cast }) => {
      chainOfDeaths(cast, 200, () => void cast.heap.gc.collect());
    },
  },
  "let a list of 2,000 die": {
    run: ({ cast }) => {
      const { heap } = cast;
      const list = heap.none.store.outsideScopes(() => heap.list());
      for (let i = 0; i < 2000; i++) list.append(i + 0.5);
      list.release();
    },
  },
  "allocate until memory is out": {
    run: ({ cast }, self, neighbour) => {
      withoutMemory(cast, () => {
        cast.hold(neighbour, 300);
        if (self) cast.hold(self, 300);
        attempt(() => {
          cast.watch(neighbour);
        });
        attempt(() => {
          cast.make();
        });
        attempt(() => {
          cast.enter(neighbour, neighbour);
        });
        cast.heap.gc.collect();
      });
    },
  },
  "allocate until memory is out, and keep nothing": {
    run: ({ cast }) => {
      withoutMemory(cast, () => void cast.heap.gc.collect());
    },
  },
  "make garbage that has finalizers": {
    run: ({ cast }) => {
      const actors = [cast.make(), cast.make(), cast.make()] as const;
      cast.ring(...actors);
      cast.drop(...actors);
    },
  },
  "clear the container it is in": {
    run: ({ cast, container }) => {
      if (container) cast.clear(container);
    },
  },
  "release the container it is in": {
    run: ({ cast, container }) => {
      if (container) cast.dropContainer(container);
    },
  },
  "put something into the container it is in": {
    run: ({ cast, container }) => {
      if (!container || container.handle.released) return;
      const actor = cast.make();
      container.items.push(actor);
      // What is removed at once is gone by the time the first of it dies, as in CPython: what comes now stays.
      if (container.handle.type === "list") (container.handle as ListHandle).append(cast.handleOf(actor));
      else (container.handle as DictHandle).set(`actor ${actor.id}`, cast.handleOf(actor));
      cast.drop(actor);
    },
  },
  "clear the weak map": {
    run: ({ cast }) => {
      cast.entries = [];
      cast.map.clear();
    },
  },
  "refer weakly to itself": {
    needsSelf: true,
    run: ({ cast }, self) => {
      cast.watch(self as StructHandle);
    },
  },
  "refer weakly to a neighbour, with and without a callback": {
    run: ({ cast }, _, neighbour) => {
      cast.watch(neighbour);
      cast.heap.weakref.finalize(neighbour, () => undefined);
    },
  },
  "be a key of the weak map": {
    needsSelf: true,
    run: ({ cast }, self, neighbour) => {
      cast.enter(self as StructHandle, neighbour);
    },
  },
  "be key and value of the weak map": {
    needsSelf: true,
    run: ({ cast }, self) => {
      cast.enter(self as StructHandle, self as StructHandle);
    },
  },
  "be a value of the weak map, of what lives": {
    needsSelf: true,
    run: ({ cast, witness }, self) => {
      cast.enter(cast.handleOf(witness), self as StructHandle);
    },
  },
  "make a neighbour a key of the weak map": {
    run: ({ cast, witness }, self, neighbour) => {
      cast.enter(neighbour, self ?? cast.handleOf(witness));
    },
  },
  "hold whatever there is": {
    run: ({ cast }) => {
      const { store } = cast.heap.none;
      for (const found of store.outsideScopes(() => cast.heap.gc.getObjects())) {
        if (found.type === "Loud" || found.type === "Plain") cast.hold(found);
        found.release();
      }
    },
  },
  "look around": {
    run: ({ cast }, _, neighbour) => {
      const { heap } = cast;
      heap.scope(() => {
        heap.gc.getObjects();
        heap.gc.getReferrers(neighbour);
        heap.gc.getReferents(neighbour);
        heap.stats();
        heap.weakref.getRefs(neighbour);
      });
    },
  },
  "collect at every birth": {
    checkedOnly: true,
    run: ({ cast }) => {
      collectAlways(cast.heap, true);
      cast.heap.scope(() => {
        cast.heap.list([cast.heap.list(), cast.heap.dict([["a", cast.heap.list()]])]);
      });
      collectAlways(cast.heap, false);
    },
  },
  throw: {
    throws: true,
    run: () => {
      throw new Error("on purpose");
    },
  },
  "take an image": {
    run: ({ cast }) => {
      const code = codeOf(() => save(cast.heap));
      if (code !== "HEAP_BUSY") throw new Error(`image() in a hook: ${code}`);
    },
  },
  "dispose of the heap": {
    run: ({ cast }) => {
      const code = codeOf(() => {
        cast.heap.dispose();
      });
      if (code !== "HEAP_BUSY") throw new Error(`dispose() in a hook: ${code}`);
    },
  },
};
