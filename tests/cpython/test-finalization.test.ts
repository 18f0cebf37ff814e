// What CPython's own Lib/test/test_finalization.py shows: PEP 442. Each test runs with both timings of weak references
// (D2): with that of 3.12, one to cyclic garbage is dead before the finalizers, so also if its object is resurrected.

import { describe, expect, test } from "vitest";
import type { Handle, Heap, WeakrefHandle, WeakrefTiming } from "../../src/index.js";
import { CORES, withHeap } from "../support/heap.js";
import { NODE, peek, releaseAll, ring, selfLoop } from "../support/scenes.js";
import type { Node, NodeType } from "../support/scenes.js";

/** What the finalizers of a scene have done. */
class Stage {
  /** Titles of the objects whose finalizer has run. */
  readonly finalized: string[] = [];
  /** Those who brought themselves back. */
  readonly survivors: Node[] = [];
  /** What a finalizer saw that it should not. */
  readonly complaints: string[] = [];
  readonly #severed = new Set<string>();
  /** P. Its finalizer does nothing. */
  readonly Plain: NodeType;
  /** R. Its finalizer brings it back. */
  readonly Resurrecting: NodeType;
  /** S. Its finalizer clears its references. */
  readonly Suicidal: NodeType;

  constructor(readonly heap: Heap) {
    this.Plain = this.#define("Plain", () => undefined);
    this.Resurrecting = this.#define("Resurrecting", (node) => this.survivors.push(node.clone()));
    this.Suicidal = this.#define("Suicidal", (node) => {
      this.#severed.add(title(node));
      node.left = null;
      node.right = null;
    });
  }

  #define(name: string, act: (node: Node) => void): NodeType {
    return this.heap.struct(name, NODE, {
      finalize: (node) => {
        this.finalized.push(title(node));
        this.#check(node);
        act(node);
      },
    });
  }

  /** Neighbours are whole: each leads back, unless its own finalizer has severed it. */
  #check(node: Node): void {
    this.heap.scope(() => {
      const [left, right] = [node.left as Node | null, node.right as Node | null];
      for (const [neighbour, back] of [
        [left, "right"],
        [right, "left"],
      ] as const) {
        if (neighbour === null || neighbour.is(node) || neighbour.type === "Child") continue;
        const found = neighbour[back];
        const isSevered = this.#severed.has(title(neighbour));
        if (isSevered ? found !== null : !found?.is(node)) this.complaints.push(`${title(node)} saw ${back} astray`);
      }
    });
  }

  clearSurvivors(): void {
    releaseAll(this.survivors.splice(0));
  }
}

function title(node: Node): string {
  return node.title ?? "";
}

const TIMINGS: WeakrefTiming[] = ["3.15", "3.12"];

describe.each(CORES)("%s core", (_, options) => {
  describe.each(TIMINGS)("weak references as in %s", (timing) => {
    function play(run: (stage: Stage) => void): void {
      withHeap({ ...options(), weakrefTiming: timing }, (heap) => {
        const stage = new Stage(heap);
        run(stage);
        stage.clearSurvivors();
        expect(stage.complaints).toEqual([]);
      });
    }
    const isAlive = (weakref: WeakrefHandle): boolean => weakref.alive;

    test("an object that loses its last reference is finalized once, and dead", () => {
      play((stage) => {
        const { heap } = stage;
        const node = stage.Plain.new({ title: "node" });
        const weakref = heap.weakref.ref(node);
        node.release();
        expect([stage.finalized, weakref.alive]).toEqual([["node"], false]);
        heap.gc.collect();
        expect([stage.finalized, heap.gc.getTrackedCount()]).toEqual([["node"], 1]);
      });
    });

    test("an object resurrected during its death keeps its weak references, and is not finalized when it dies again", () => {
      play((stage) => {
        const { heap } = stage;
        const node = stage.Resurrecting.new({ title: "node" });
        const weakref = heap.weakref.ref(node);
        node.release();
        expect([stage.finalized, stage.survivors.length]).toEqual([["node"], 1]);
        expect(peek(weakref, (found) => found.is(stage.survivors[0] as Node))).toBe(true);
        stage.clearSurvivors();
        expect([stage.finalized, stage.survivors.length, weakref.alive]).toEqual([["node"], 0, false]);
      });
    });

    test("a death goes in order: finalizer, then weak references, newest callback first, then children", () => {
      play((stage) => {
        const { heap } = stage;
        const events: string[] = [];
        const plain: WeakrefHandle[] = [];
        const Loud = heap.struct("Loud", NODE, {
          finalize: (node) => {
            events.push(`finalizer of ${title(node)}, weak reference ${plain[0]?.alive ? "alive" : "dead"}`);
          },
        });
        const parent = Loud.new({ title: "parent" });
        heap.scope(() => {
          parent.right = Loud.new({ title: "right" });
          parent.left = Loud.new({ title: "left" });
        });
        plain.push(heap.weakref.ref(parent));
        const held = [1, 2].map((n) =>
          heap.weakref.ref(parent, () => {
            events.push(`callback ${n}, weak reference ${plain[0]?.alive ? "alive" : "dead"}`);
          }),
        );
        parent.release();
        expect(events).toEqual([
          "finalizer of parent, weak reference alive",
          "callback 2, weak reference dead",
          "callback 1, weak reference dead",
          "finalizer of left, weak reference dead",
          "finalizer of right, weak reference dead",
        ]);
        releaseAll([...plain, ...held]);
      });
    });

    test("an object that resurrects itself keeps its referents, and calls no callback", () => {
      play((stage) => {
        const { heap } = stage;
        let calls = 0;
        const Child = heap.struct("Child", NODE, { finalize: (child) => stage.finalized.push(title(child)) });
        const child = Child.new({ title: "child" });
        const node = stage.Resurrecting.new({ title: "node" });
        const weakref = heap.weakref.ref(node, () => calls++);
        node.left = child;
        releaseAll([child, node]);
        expect([stage.finalized, calls]).toEqual([["node"], 0]);
        expect(peek(weakref, (found) => heap.scope(() => title(found.left as Node)))).toBe("child");
        stage.clearSurvivors();
        expect([stage.finalized, calls]).toEqual([["node", "child"], 1]);
      });
    });

    test("a leaf is finalized once, too, however often it dies", () => {
      play(({ heap }) => {
        const kept: Handle[] = [];
        let calls = 0;
        const Leaf = heap.struct("Leaf", { n: "i32" }, { finalize: (leaf) => (calls++, kept.push(leaf.clone())) });
        Leaf.new().release();
        expect([calls, kept.length]).toEqual([1, 1]);
        releaseAll(kept.splice(0));
        expect([calls, kept.length, heap.stats().byType.some(({ type }) => type === "Leaf")]).toEqual([1, 0, false]);
      });
    });

    test("a self-cycle is finalized once, and dead", () => {
      play((stage) => {
        const { heap } = stage;
        const node = selfLoop(stage.Plain, "node");
        const weakref = heap.weakref.ref(node);
        node.release();
        expect([heap.gc.collect(), stage.finalized, weakref.alive]).toEqual([1, ["node"], false]);
        expect([heap.gc.collect(), stage.finalized]).toEqual([0, ["node"]]);
      });
    });

    test("a self-cycle that resurrects itself is freed by the next collection, without a finalizer", () => {
      play((stage) => {
        const { heap } = stage;
        const node = selfLoop(stage.Resurrecting, "node");
        const weakref = heap.weakref.ref(node);
        node.release();
        expect([heap.gc.collect(), stage.finalized, stage.survivors.length]).toEqual([0, ["node"], 1]);
        expect(weakref.alive).toBe(timing === "3.15");
        stage.clearSurvivors();
        expect([heap.gc.collect(), stage.finalized, weakref.alive]).toEqual([1, ["node"], false]);
      });
    });

    test("a self-cycle that breaks itself is freed before it is collected, and not counted", () => {
      play((stage) => {
        const { heap } = stage;
        const node = selfLoop(stage.Suicidal, "node");
        const weakref = heap.weakref.ref(node);
        node.release();
        expect([heap.gc.collect(), stage.finalized, weakref.alive]).toEqual([0, ["node"], false]);
        expect([heap.gc.collect(), stage.finalized]).toEqual([0, ["node"]]);
      });
    });

    const chains = ["PPP", "SSS", "SPSP", "SSPP", "RRR", "RPRP", "RPSRPS", "RRPPSS", "SRRS", "PPRSSP"];
    test.each(chains)("a ring of %s: each is finalized once, while its neighbours are intact", (letters) => {
      play((stage) => {
        const { heap } = stage;
        const nodes = ring([...letters].map((letter) => typeOf(stage, letter)));
        const titles = nodes.map(title);
        const reviving = titles.filter((_title, n) => letters[n] === "R");
        const weakrefs = nodes.map((node) => heap.weakref.ref(node));
        releaseAll(nodes);
        const found = heap.gc.collect();
        expect([...stage.finalized].sort()).toEqual(titles);
        expect(stage.survivors.map(title).sort()).toEqual(reviving);
        // Those who sever themselves cut the ring. What none who came back can reach is dead, and not a word was lost.
        const reached = reachable(stage);
        expect(heap.gc.getTrackedCount()).toBe(reached.size + weakrefs.length);
        const survives = (at: number): boolean => timing === "3.15" && reached.has(titles[at] ?? "");
        expect(weakrefs.map(isAlive)).toEqual(titles.map((_title, at) => survives(at)));
        if (!letters.includes("S")) expect(found).toBe(letters.includes("R") ? 0 : nodes.length);
        stage.clearSurvivors();
        heap.gc.collect();
        expect([stage.finalized.length, weakrefs.map(isAlive)]).toEqual([titles.length, titles.map(() => false)]);
        expect([stage.survivors.length, heap.gc.getTrackedCount()]).toEqual([0, weakrefs.length]);
      });
    });

    test("finalizers run once however often their object is resurrected", () => {
      play((stage) => {
        const { heap } = stage;
        selfLoop(stage.Resurrecting, "node").release();
        for (let round = 0; round < 3; round++) {
          heap.gc.collect();
          const [node] = stage.survivors.splice(0);
          expect([stage.finalized, node === undefined]).toEqual([["node"], round > 0]);
          // Held again by something else, and then a second time garbage.
          const holder = heap.list([...(node ? [node] : [])]);
          node?.release();
          holder.release();
        }
        expect(heap.gc.getTrackedCount()).toBe(0);
      });
    });

    test.each([0, 1])(
      "the survivors of collection %i, and objects reachable from them, are one generation older",
      (generation) => {
        play((stage) => {
          const { heap } = stage;
          for (let age = 0; age < generation; age++) heap.gc.collect(age as 0);
          heap.scope(() => {
            const nodes = ring([stage.Resurrecting, stage.Plain, stage.Plain]);
            for (let age = 0; age < generation; age++) heap.gc.collect(age as 0);
            nodes.length = 0;
          });
          expect(heap.gc.collect(generation as 0 | 1)).toBe(0);
          expect(([0, 1, 2] as const).map((age) => heap.gc.getTrackedCount(age))).toEqual(
            generation === 0 ? [0, 3, 0] : [0, 0, 3],
          );
        });
      },
    );

    test("an old object that resurrects itself during its death is young again", () => {
      play((stage) => {
        const { heap } = stage;
        const node = stage.Resurrecting.new();
        heap.gc.collect();
        expect(heap.gc.getTrackedCount(2)).toBe(1);
        node.release();
        expect([heap.gc.getTrackedCount(0), heap.gc.getTrackedCount(2)]).toEqual([1, 0]);
      });
    });

    test("an error of a finalizer is reported, and its object still dies", () => {
      const told: string[] = [];
      const onUnraisable = (error: unknown, { where, type }: { where: string; type?: string }): unknown =>
        told.push(`${where} of ${type ?? "?"}: ${(error as Error).message}`);
      withHeap({ ...options(), weakrefTiming: timing, onUnraisable }, (heap) => {
        const Throwing = heap.struct("Throwing", NODE, {
          finalize: () => {
            throw new Error("no");
          },
        });
        Throwing.new().release();
        selfLoop(Throwing).release();
        expect([heap.gc.collect(), heap.gc.getTrackedCount()]).toEqual([1, 0]);
        expect(told).toEqual(["finalizer of Throwing: no", "finalizer of Throwing: no"]);
      });
    });
  });
});

function typeOf(stage: Stage, letter: string): NodeType {
  if (letter === "P") return stage.Plain;
  return letter === "R" ? stage.Resurrecting : stage.Suicidal;
}

/** Titles of all that the survivors lead to. */
function reachable({ heap, survivors }: Stage): Set<string> {
  const found = new Set<string>();
  heap.scope(() => {
    const pending = survivors.map((node) => node.clone() as Node);
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (found.has(title(node))) continue;
      found.add(title(node));
      for (const next of [node.left, node.right]) if (next) pending.push(next as Node);
    }
  });
  return found;
}
