import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Project } from "./packed.js";

interface Weight {
  what: string;
  bytes: number;
  limit: number;
}
const { weigh, filesOf, MOST_FILES } = (await import(new URL("../../scripts/size.mjs", import.meta.url).href)) as {
  weigh: (folder: string, dist: string) => Promise<Weight[]>;
  filesOf: (dist: string) => string[];
  MOST_FILES: number;
};

describe("the weight of the package", () => {
  let project: Project;
  beforeAll(() => {
    project = new Project();
  }, 60_000);
  afterAll(() => project.remove());

  test("no program that uses a part of the package exceeds its limit in scripts/size.mjs", async () => {
    const weights = await weigh(project.folder, join(project.installed, "dist"));
    expect(weights.length).toBeGreaterThan(5);
    for (const { what, bytes, limit } of weights) expect(bytes, what).toBeLessThanOrEqual(limit);
  });

  test("the package has few files", () => {
    expect(filesOf(join(project.installed, "dist")).length).toBeLessThanOrEqual(MOST_FILES);
  });
});
