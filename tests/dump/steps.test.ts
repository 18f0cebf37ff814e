import { expect, test } from "vitest";
import { dominators } from "../../src/dump/analysis/dominators.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { finish, finishAsync } from "../../src/dump/steps.js";
import type { Progress } from "../../src/dump/steps.js";
import { codeOf } from "../support/heap.js";

function list(length: number) {
  const build = new GraphBuilder();
  for (let v = 0; v < length; v++) build.node("Node");
  for (let v = 1; v < length; v++) build.edge(v - 1, v);
  build.root(0);
  return build.build();
}

test("long work reports progress: phases in order, each growing", () => {
  const seen: Progress[] = [];
  finish(dominators(list(500_000)), { onProgress: (progress) => seen.push(progress) });
  expect([...new Set(seen.map(({ phase }) => phase))]).toEqual([
    "walking the graph",
    "finding dominators",
    "adding up retained sizes",
  ]);
  for (const [i, { phase, done, total }] of seen.entries()) {
    expect(done).toBeLessThanOrEqual(total);
    const next = seen[i + 1];
    if (next?.phase === phase) expect(next.done).toBeGreaterThanOrEqual(done);
  }
  expect(seen.length).toBeGreaterThan(15);
});

test("an aborted signal stops the work", async () => {
  const graph = list(300_000);
  const before = AbortSignal.abort(new Error("enough"));
  expect(() => finish(dominators(graph), { signal: before })).toThrow(before.reason as Error);

  const controller = new AbortController();
  let steps = 0;
  const work = finishAsync(dominators(graph), {
    signal: controller.signal,
    onProgress: () => {
      if (++steps === 3) controller.abort("no longer wanted");
    },
  });
  await expect(work).rejects.toBe("no longer wanted");
  expect(steps).toBe(3);
});

test("the event loop runs during the work", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await finishAsync(dominators(list(2_000_000)));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(2);
});
