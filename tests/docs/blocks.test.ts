import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readBlocks } from "./blocks.js";
import { checkPages } from "./check.js";
import { examplePages, examplesOf } from "./examples.js";
import { PLANTED } from "./planted.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const names = ["README.md", ...readdirSync(`${root}/docs`).map((name) => `docs/${name}`)];
const pages = names
  .filter((name) => name.endsWith(".md"))
  .map((name) => ({ name, markdown: readFileSync(`${root}/${name}`, "utf8") }));
const examples = readdirSync(`${root}/site/playground/examples`).map((name) => `site/playground/examples/${name}`);
for (const name of examples)
  pages.push({ name, markdown: `\`\`\`js\n${readFileSync(`${root}/${name}`, "utf8")}\n\`\`\`` });
pages.push({ name: "site/index.md", markdown: readFileSync(`${root}/site/index.md`, "utf8") });

const planted = Object.entries(PLANTED).map(([name, { markdown }]) => ({ name, markdown }));

const exported = new Map(
  await Promise.all(
    ["", "/image", "/trace", "/checked", "/dump", "/view"].map(async (entry): Promise<[string, string[]]> => {
      const url = new URL(`../../dist${entry || "/index"}.js`, import.meta.url).href;
      const module = (await import(/* @vite-ignore */ url)) as object;
      return [`heapwright${entry}`, Object.keys(module)];
    }),
  ),
);
exported.set("node:fs/promises", ["readFile", "writeFile"]);
const documented = examplePages(exported);

// All in one run: starting the compiler takes longer than all pages do.
const { failures, blocks, compared } = checkPages([...pages, ...documented, ...planted]);
const failuresOf = (page: string): string[] =>
  failures.filter((failure) => failure.page === page).map(({ line, message }) => `${line} ${message}`);

test.each(pages)("each code block of $name compiles, runs, and gives the results in its comments", ({ name }) => {
  expect(failuresOf(name)).toEqual([]);
});

test.each(planted)("the check of a page finds $name", ({ name }) => {
  const found = failuresOf(name);
  const expected = PLANTED[name]!.failures;
  if (found.length !== expected.length) expect(found).toEqual(expected);
  expected.forEach((failure, index) => {
    expect(found[index]).toMatch(failure);
  });
});

test("each example of a doc comment compiles, runs, releases its handles, and gives what its comments say", () => {
  const found = documented.flatMap(({ name }) => failuresOf(name).map((failure) => `${name}:${failure}`));
  const examples = documented.reduce((sum, page) => sum + page.blocks.length / 2, 0);
  const inExamples = documented.reduce((sum, { name }) => sum + (compared.get(name) ?? 0), 0);
  console.log(
    `${examples} examples of doc comments ran; ${inExamples} comments were compared with what their lines give`,
  );
  expect(found).toEqual([]);
  expect(examples).toBeGreaterThan(200);
});

test("the examples of a file are what @example begins, and what stands in fences", () => {
  const text = [
    "/** One. @example not.here(); */",
    "/**",
    " * Text.",
    " *",
    " * @example one();",
    " * @throws {@link X}",
    " * @example",
    " * two(); // [@a]",
    " * three();",
    " *",
    " * @returns It.",
    " */",
    "  /**",
    "   * ```ts",
    "   * four();",
    "   * ```",
    "   * @example",
    "   * ```ts",
    "   * five();",
    "   * ```",
    "   */",
    "// * @example none();",
  ].join("\n");
  const found = examplesOf(text).map(({ code, line }) => [line, code.trim().split("\n")[0]]);
  expect(found).toEqual([
    [5, "one();"],
    [7, "two(); // [@a]"],
    [15, "four();"],
    [19, "five();"],
  ]);
});

test("the blocks that do not run state a reason, and most blocks run", () => {
  const real = blocks.filter(({ page }) => !(page in PLANTED) && !page.startsWith("src/"));
  const still = real.filter(({ treatment }) => treatment !== "run");
  console.log(`${real.length - still.length} blocks of README, docs and site ran; ${still.length} are marked:`);
  for (const { page, line, treatment, reason } of still) console.log(`  ${page}:${line}: ${treatment}: ${reason}`);
  const inPages = pages.reduce((sum, { name }) => sum + (compared.get(name) ?? 0), 0);
  console.log(`${inPages} comments were compared with what their lines give`);
  expect(still.length).toBeLessThan(real.length / 2);
});

describe("a page is refused", () => {
  test.each([
    ["with a mark without a reason", "<!-- not run -->\n```ts\n```", 'the mark "not run" needs a reason'],
    ["with a mark that no block follows", "<!-- not run: old -->\nText.", "line 1: no block of code follows"],
    ["with a mark at its end", "Text.\n\n<!-- not run: old -->", "line 3: no block of code follows"],
    ["with a block that has no end", "Text.\n```ts\n1;", "line 2: the code block has no end"],
    ["with a comment that has no end", "<!-- not run: it goes on", "line 1: the comment has no end"],
  ])("%s", (_, markdown, message) => {
    expect(() => readBlocks(markdown)).toThrow(message);
  });

  test("whose blocks import one name from two modules", () => {
    const markdown = ["heapwright", "heapwright/slim"]
      .map((name) => `\`\`\`ts\nimport { Heap } from "${name}";\n\`\`\``)
      .join("\n");
    expect(() => checkPages([{ name: "page.md", markdown }])).toThrow("page.md, line 5: import { Heap } from");
  });
});
