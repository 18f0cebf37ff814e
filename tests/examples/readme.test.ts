import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("the first program of the README prints what it says", () => {
  const [, program] = /```ts\n(.*?)```/s.exec(readFileSync(`${root}/README.md`, "utf8")) ?? [];
  // As JavaScript: it has no other types in it.
  const script = (program as string).replace("} as const;", "};");
  const args = ["--input-type=module", "-e", `${script}\nconsole.log(heap.stats().handles);`];
  const printed = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  expect(printed).toBe("Deleting Alice\nDeleting Bob\n0\n");
});
