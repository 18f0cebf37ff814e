import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inspect, temporaryFolder } from "../support/inspect.js";

// What docs/inspect.md shows in blocks of `text` is what the command prints of the dumps of the example.
const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = temporaryFolder();
// A process of its own, as the test runner changes stacks.
spawnSync(process.execPath, [join(root, "examples/leaky-server.mjs")], { cwd: folder });

// The names of files, in what is printed, are as the guide has them.
const started = process.cwd();
beforeAll(() => {
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(started);
});

const guide = readFileSync(join(root, "docs/inspect.md"), "utf8");
const shown = [...guide.matchAll(/^```text\n(.*?)^```/gms)].flatMap(([, block]) =>
  (block as string).split(/^\$ heapwright /m).slice(1),
);

test("the guide shows every command", () => {
  const commands = new Set(shown.map((one) => one.split(" ")[1]));
  for (const [, name] of guide.matchAll(/^\| `([a-z]+)/gm))
    if (!["export", "heapsnapshot", "parquet", "dot", "folded", "html"].includes(name as string))
      expect(commands).toContain(name);
  expect(commands.size).toBeGreaterThan(10);
});

test.each(shown.map((one) => [one.slice(0, one.indexOf("\n")), one.slice(one.indexOf("\n") + 1)]))(
  "heapwright %s",
  (line, output) => {
    const args = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? (c as string));
    expect(inspect(...args.slice(1)).out.trimEnd()).toBe(output.trimEnd());
  },
);
