import { trace } from "../../src/trace.js";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Heap } from "../../src/index.js";
import type { HeapStats } from "../../src/index.js";
import { save } from "../../src/image.js";

/** What is known of the heap of a scene, from the heap itself. */
export interface Scene {
  file: string;
  stats: HeapStats;
  memory: number;
  /** Addresses. */
  cache: number;
  session: number;
  task: number;
  held: number;
  lost: number;
}

/** Sessions in the cache of the scene. */
export const SESSIONS = 40;
/** Pairs of tasks that wait for the collector. */
export const PAIRS = 2;

/**
 * Saves a heap of which everything is known:
 *
 * ```text
 *   named root "cache" ► Cache ─items► list ─[i]► Session ×40 ─owner► Cache       a cycle that lives
 *                                                    └─token► "token <i % 4>"     in four texts, ten times each
 *   a handle ► str "held"                        an incref too many ► str "lost"
 *   Task ◄─other─► Task, twice                   garbage
 * ```
 */
export function saveScene(folder: string, name = "scene.heap", sessions = SESSIONS): Scene {
  const heap = Heap.createSync();
  trace(heap).start({ frames: 3 });
  const Cache = heap.struct("Cache", { items: "ref", title: "str" });
  const Session = heap.struct("Session", { owner: "ref", token: "str", number: "u32" });
  const Task = heap.struct("Task", { other: "ref" });
  const items = heap.list();
  const cache = Cache.new({ items, title: "the cache" });
  heap.roots.set("cache", cache);
  let session = 0;
  function remember(number: number): void {
    heap.scope(() => {
      const one = Session.new({ owner: cache, token: `token ${number % 4}`, number });
      session ||= one.address;
      items.append(one);
    });
  }
  for (let number = 0; number < sessions; number++) remember(number);
  heap.gc.collect();
  let task = 0;
  for (let pair = 0; pair < PAIRS; pair++)
    heap.scope(() => {
      const [a, b] = [Task.new(), Task.new()];
      a.other = b;
      b.other = a;
      task ||= a.address;
    });
  const held = heap.str("held");
  const lost = heap.str("lost");
  const addresses = { cache: cache.address, session, task, held: held.address, lost: lost.address };
  heap.core.incref(lost.address);
  lost.release();
  items.release();
  cache.release();
  const file = join(folder, name);
  writeFileSync(file, save(heap));
  const stats = heap.stats();
  heap.core.decref(addresses.lost);
  held.release();
  heap.dispose();
  return { file, stats, memory: stats.bytes.reserved, ...addresses };
}

/** An address, as the command line has it. */
export const ref = (address: number): string => `0x${address.toString(16)}`;
