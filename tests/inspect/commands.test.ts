import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ask, inspect, temporaryFolder } from "../support/inspect.js";
import { PAIRS, SESSIONS, ref, saveScene } from "./scene.js";

const folder = temporaryFolder();
const scene = saveScene(folder);
const { file } = scene;

interface Row {
  type: string;
  count: number;
  self: number;
}

describe("info", () => {
  test("agrees with the heap's own counts, in sums that add up", () => {
    const { objects, bytes, counts, memory, generations, format, rootKinds } = ask("info", file);
    expect(format).toBe("heap image");
    expect(objects).toBe(scene.stats.objects);
    expect(counts.live + counts.garbage + counts.leaked).toBe(objects);
    expect(bytes.live + bytes.garbage + bytes.leaked).toBe(bytes.total);
    expect([counts.garbage, counts.leaked]).toEqual([2 * PAIRS, 1]);
    expect(memory.objects).toBe(bytes.total);
    expect(memory.bytes).toBe(scene.memory);
    expect(bytes.live + bytes.garbage + bytes.leaked + memory.free + memory.overhead).toBe(scene.memory);
    // Live bytes of the heap have the buffers of its own tables in them, too.
    expect(bytes.total).toBeLessThanOrEqual(scene.stats.bytes.live);
    expect(memory.free).toBeGreaterThanOrEqual(scene.stats.bytes.freePages);
    expect(memory.overhead).toBeGreaterThan(0);
    expect(generations.reduce((sum: number, row: { count: number }) => sum + row.count, 0)).toBe(objects);
    expect(generations[0]).toMatchObject({ generation: 0, count: 2 * PAIRS, garbage: 2 * PAIRS });
    const kinds = Object.fromEntries(rootKinds.map((row: { kind: string; count: number }) => [row.kind, row.count]));
    expect(kinds).toMatchObject({ handle: 1, "named root": 1 });
  });

  test("is the default command for a file, and has the same result as text", () => {
    const { code, out, err } = inspect(file);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`heap image: ${scene.stats.objects} objects`);
    expect(out).toMatch(new RegExp(`= all +${scene.memory.toLocaleString("en")} `));
    expect(out).toMatch(new RegExp(`garbage +${2 * PAIRS} `));
  });
});

describe("types", () => {
  test("counts objects and bytes by type, like the heap", () => {
    const { types, total } = ask("types", file, "--limit", "100");
    expect(total.count).toBe(scene.stats.objects);
    const rows = new Map<string, Row>(types.rows.map((row: Row) => [row.type, row]));
    for (const { type, count } of scene.stats.byType) expect(rows.get(type)?.count, type).toBe(count);
    expect(rows.get("Session")).toMatchObject({ count: SESSIONS, self: SESSIONS * 32 });
    expect(types.rows[0]).not.toHaveProperty("retained");
  });

  test("sorts by retained size", () => {
    const { types } = ask("types", file, "--by", "retained");
    const cache = types.rows.find(({ type }: Row) => type === "Cache");
    const list = types.rows.find(({ type }: Row) => type === "list");
    const session = types.rows.find(({ type }: Row) => type === "Session");
    expect(session.retained).toBeGreaterThan(SESSIONS * 32);
    expect(list.retained).toBe(session.retained + list.self);
    expect(cache.retained).toBeGreaterThan(list.retained);
    const retained = types.rows.map((row: { retained: number }) => row.retained);
    expect(retained).toEqual([...retained].sort((a, b) => b - a));
  });

  test("can be limited to one generation", () => {
    const { types, total } = ask("types", file, "--gen", "0");
    expect(types.rows).toEqual([{ type: "Task", kind: "struct", count: 2 * PAIRS, self: total.self }]);
  });

  test("groups by allocation site, with the callers", () => {
    const { sites, unknown } = ask("types", file, "--by", "site");
    const session = sites.rows.find(({ type }: Row) => type === "Session");
    expect(session).toMatchObject({ count: SESSIONS, self: SESSIONS * 32 });
    const frames = session.site.split("\n");
    expect(frames).toHaveLength(3);
    expect(frames[1]).toMatch(/remember .*scene\.ts:\d+:\d+/);
    // Immortals were there before anything was traced.
    expect(unknown).toBeGreaterThan(200);
    const traced = sites.rows.reduce((sum: number, row: Row) => sum + row.count, 0);
    expect(traced + unknown).toBe(scene.stats.objects);
    expect(inspect("types", file, "--by", "site").out).toMatch(
      /40 +1\.28 kB +Session +inspect\/scene\.ts:\d+:\d+ ← remember \(inspect/,
    );
  });
});

test("top shows accumulation points, and leaked objects", () => {
  const { top, suspects, retained } = ask("top", file);
  expect(top.rows[0].object).toMatchObject({ ref: ref(scene.cache), type: "Cache" });
  expect(top.rows[0].accumulation.type).toBe("list");
  expect(suspects.rows.map((row: { reason: string }) => row.reason)).toContain("object");
  const leak = suspects.rows.find((row: { reason: string }) => row.reason === "leaked reference");
  expect(leak.object.ref).toBe(ref(scene.lost));
  const sum = top.rows.reduce((total: number, row: { object: { retained: number } }) => total + row.object.retained, 0);
  if (!top.truncated) expect(sum).toBe(retained);
  const all = ask("top", file, "--all", "--limit", "10000");
  const list = all.top.rows.find((row: { object: { type: string } }) => row.object.type === "list");
  expect(list.retainedCount).toBe(1 + SESSIONS + 40);
  expect(all.top.truncated).toBe(false);
  expect(inspect("top", file).out).toMatch(/next: why 0x[0-9a-f]+\n$/);
});

describe("why", () => {
  test("an object lives: the path, its refcount, its dominators, and its allocation site", () => {
    const { paths, refcount, dominators, site, state } = ask("why", file, ref(scene.session));
    expect(state).toBe("live");
    const [path] = paths;
    expect(path.root).toEqual({ kind: "named root", name: "cache" });
    expect(path.steps.map((step: { edge: string; object: { type: string } }) => [step.edge, step.object.type])).toEqual(
      [
        ["", "Cache"],
        ["items", "list"],
        ["[0]", "Session"],
      ],
    );
    expect(refcount).toMatchObject({ refcount: 1, slots: 1, unexplained: 0, text: "1 = 1 slot" });
    expect(dominators.rows.map(({ type }: Row) => type)).toEqual(["list", "Cache"]);
    expect(site).toContain("remember");
    const { out } = inspect("why", file, ref(scene.session));
    expect(out).toContain("named root cache\n  → Cache");
    expect(out).toContain(".items → list");
    expect(out).toMatch(/remember \(inspect\/scene\.ts:\d+:\d+\)/);
  });

  test("a type stands for its largest object", () => {
    const { instances, object } = ask("why", file, "Session");
    expect(instances).toBe(SESSIONS);
    expect(object.type).toBe("Session");
  });

  test("garbage has no path, and a leaked object has no named holder", () => {
    const garbage = ask("why", file, ref(scene.task));
    expect(garbage).toMatchObject({ state: "garbage", generation: 0, paths: [] });
    expect(inspect("why", file, ref(scene.task)).out).toContain("waits for the collector of generation 0");
    const lost = ask("why", file, ref(scene.lost));
    expect(lost.state).toBe("leaked");
    expect(lost.paths[0].root.kind).toBe("leaked reference");
    expect(lost.refcount.text).toBe("1 = 1 leaked");
    expect(ask("why", file, ref(scene.held)).refcount.text).toBe("1 = 1 handle");
  });

  test("an unknown object or type is an error that suggests similar names", () => {
    for (const [target, what] of [
      ["0x10", "there is no object at 0x10"],
      ["@999999999", "there is no object with the id 999999999"],
      ["sess", "there is no type sess (there is Session)"],
    ] as const) {
      const { code, err, out } = inspect("why", file, target);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain(what);
    }
  });
});

test("who shows the holders of a type's objects", () => {
  const { holders, count } = ask("who", file, "Session");
  expect(count).toBe(SESSIONS);
  expect(holders.rows.map((row: Row) => [row.type, row.count])).toEqual([
    ["list", SESSIONS],
    ["Cache", SESSIONS],
    ["(roots)", SESSIONS],
  ]);
  expect(ask("who", file, "Task")).toMatchObject({ count: 0, garbage: 2 * PAIRS });
});

describe("cycles", () => {
  test("live cycles, with the paths that keep them and where to cut", () => {
    const { cycles, objects } = ask("cycles", file, "--live");
    expect(objects).toBe(2 + SESSIONS);
    const [group] = cycles.rows;
    expect(group).toMatchObject({
      state: "live",
      objects: 2 + SESSIONS,
      keptBy: { kind: "named root", name: "cache" },
    });
    expect(group.smallest.length).toBe(3);
    expect(group.cut).toMatchObject({ edge: "items", objectsLeft: 0 });
  });

  test("garbage cycles, and the generation that must be collected", () => {
    const { cycles, groups } = ask("cycles", file, "--garbage");
    expect(groups).toBe(PAIRS);
    for (const group of cycles.rows) expect(group).toMatchObject({ objects: 2, collectableInGeneration: 0 });
    expect(inspect("cycles", file, "--garbage").out).toContain("goes at the next collection of generation 0");
  });
});

test("refcounts finds all counts right, and one leaked reference", () => {
  const answer = ask("refcounts", file);
  expect([answer.extra.total, answer.missing.total, answer.leakedReferences]).toEqual([0, 0, 1]);
  expect(answer.leaked.rows[0].object.ref).toBe(ref(scene.lost));
  expect(answer.highest.rows[0]).toMatchObject({ object: { type: "Cache" }, text: `41 = 40 slots + 1 named root` });
});

test("fragmentation: blocks in use, free and left over fill their spans", () => {
  const { classes, memory, occupancy } = ask("fragmentation", file, "--limit", "100");
  expect(memory.objects + memory.free + memory.overhead).toBe(scene.memory);
  for (const row of classes.rows) {
    expect(row.used * row.blockBytes + row.free + row.waste).toBe(row.bytes);
    expect(row.waste).toBeLessThan(row.blockBytes * row.spans);
  }
  const spans = classes.rows.reduce((sum: number, row: { spans: number }) => sum + row.spans, 0);
  expect(occupancy.reduce((sum: number, row: { spans: number }) => sum + row.spans, 0)).toBe(spans);
});

describe("diff", () => {
  const before = saveScene(folder, "before.heap", 10).file;
  const between = saveScene(folder, "between.heap", 25).file;

  test("by type, by path and by site: new objects", () => {
    const { changes, bytes, objects } = ask("diff", before, file);
    const session = changes.rows.find(({ name }: { name: string }) => name === "Session");
    expect(session).toMatchObject({ count: SESSIONS - 10, bytes: (SESSIONS - 10) * 32 });
    expect(bytes.after - bytes.before).toBe(
      changes.rows.reduce((sum: number, row: { bytes: number }) => sum + row.bytes, 0),
    );
    expect(objects.added).toBeGreaterThanOrEqual(SESSIONS - 10);
    const paths = ask("diff", before, file, "--by", "path").changes.rows;
    expect(paths.map(({ name }: { name: string }) => name)).toContain("Cache > list > Session");
    const sites = ask("diff", before, file, "--by", "site").changes.rows;
    const site = sites.find(({ name }: { name: string }) => name.startsWith("Session at "));
    expect(site).toMatchObject({ count: SESSIONS - 10 });
    expect(site.name).toContain("scene.ts");
  });

  test("of a dump with itself is empty", () => {
    expect(ask("diff", file, file)).toMatchObject({ changes: { total: 0 }, objects: { added: 0, removed: 0 } });
  });

  test("of three dumps: types that grew twice", () => {
    const { grewTwice } = ask("diff", before, between, file);
    const session = grewTwice.rows.find(({ name }: { name: string }) => name === "Session");
    expect(session.grown).toEqual([15 * 32, 15 * 32]);
  });
});

test("dups shows equal texts, and the bytes they waste", () => {
  const { groups, wasted } = ask("dups", file);
  const tokens = groups.rows.filter(({ object }: { object: { label?: string } }) => object.label?.startsWith("token"));
  expect(tokens).toHaveLength(4);
  for (const { count, wasted: waste, object } of tokens)
    expect([count, waste]).toEqual([SESSIONS / 4, (SESSIONS / 4 - 1) * object.self]);
  expect(wasted).toBe(groups.rows.reduce((sum: number, row: { wasted: number }) => sum + row.wasted, 0));
});

test("query lists the objects that match a filter", () => {
  expect(ask("query", file, "type = Session").count).toBe(SESSIONS);
  expect(ask("query", file, "type = Session and label ~ nothing").count).toBe(0);
  expect(ask("query", file, "garbage").count).toBe(2 * PAIRS);
  expect(ask("query", file, "leaked").objects.rows[0].ref).toBe(ref(scene.lost));
  expect(ask("query", file, "kind = str and label ~ 'token ?'").count).toBe(SESSIONS);
  expect(ask("query", file, "site ~ '*remember*' and type = Session").count).toBe(SESSIONS);
  expect(ask("query", file, `address = ${scene.cache}`).objects.rows[0].type).toBe("Cache");
  const { objects } = ask("query", file, "retained > 40B", "--by", "in", "--limit", "1");
  expect(objects.rows[0].type).toBe("Cache");
  const { code, err } = inspect("query", file, "type == Session");
  expect(code).toBe(2);
  expect(err).toMatch(/in the query at \d+/);
});

describe("check", () => {
  test("passes if no budget is exceeded", () => {
    const { ok, checks } = ask(
      "check",
      saveScene(folder, "same.heap").file,
      "--max-live",
      "1MB",
      "--max-objects",
      "1k",
    );
    expect([ok, checks.length]).toEqual([true, 2]);
  });

  test.each([
    [["--max-live", "5kB"], "list"],
    [["--max-objects", "300"], "list"],
    [["--no-cycles"], "list"],
    [["--no-garbage"], "Task"],
    [["--no-leaked-refs"], "str"],
    [["--baseline", join(folder, "before.heap"), "--max-growth", "100"], "list"],
  ])("%s: exit code 1, and the path of the first offender", (budget, type) => {
    const { code, out, err } = inspect("check", file, ...budget, "--json");
    expect([code, err]).toEqual([1, ""]);
    const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: { ok: boolean; offender: unknown }[] };
    expect(ok).toBe(false);
    const failed = checks.find((one) => !one.ok) as { offender: { object: { type: string } } };
    expect(failed.offender.object.type).toBe(type);
    expect(inspect("check", file, ...budget).out).toMatch(/^FAIL/m);
  });

  test("is an error without budgets", () => {
    expect(inspect("check", file)).toMatchObject({ code: 2, out: "" });
  });
});
