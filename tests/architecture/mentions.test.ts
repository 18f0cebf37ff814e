// Files are renamed, and prose about them is not compiled. So each name of a file in docs and comments is looked up.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["assembly", "bench", "docs", "examples", "scripts", "site", "src", "tests"];

/** A name as prose writes it: with or without folders in front. */
const FILE_NAME = /(?<![\w./-])(?:[\w.-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|mjs|py|md)\b(?![/\w])/g;

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending) && !/node_modules|\.(build|pages|dist)\b/.test(file))
    .map((file) => join(folder, file));
}

const documents = [
  "README.md",
  "CHANGELOG.md",
  ...["docs", "bench", "tests"].flatMap((folder) => filesOf(folder, ".md")),
];
const everything = [...readdirSync(root), ...FOLDERS.flatMap((folder) => filesOf(folder, ""))];

/** Whether a document's name of a file fits one: all of its path, or the end. Or where an installed package has it. */
function isKnown(named: string): boolean {
  const name = named.replace(/^node_modules\/heapwright\//, "");
  return everything.some((file) => file === name || file.endsWith(`/${name}`));
}

/** The text of a file's comments. */
function commentsOf(source: string): string {
  return [...source.matchAll(/^\s*(?:\/\/|\/?\*).*$|\s\/\/ .*$/gm)].join("\n");
}

/** A comment may name a file by its path from the comment's folder, from the tree, or from the project. */
function isNear(name: string, file: string): boolean {
  const tree = file.split("/", 1)[0] as string;
  return [dirname(file), tree, "."].some((folder) => existsSync(join(root, folder, name)));
}

test("every file that a document names exists", () => {
  const unknown = documents.flatMap((document) => {
    const code = [...read(document).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text as string);
    const names = code.flatMap((text) => text.match(FILE_NAME) ?? []);
    return names.filter((name) => !isKnown(name)).map((name) => `${document}: ${name}`);
  });
  expect(unknown).toEqual([]);
});

test("every link of a document leads to a file", () => {
  const broken = documents.flatMap((document) => {
    const targets = [...read(document).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target as string);
    const files = targets.filter((target) => !/^[a-z]+:/.test(target));
    return files
      .filter((file) => !existsSync(join(root, dirname(document), file)))
      .map((file) => `${document}: ${file}`);
  });
  expect(broken).toEqual([]);
});

test("docs/architecture.md names every room and every file beside them", () => {
  const text = read("docs/architecture.md");
  const missing = ["assembly", "src"].flatMap((tree) =>
    readdirSync(join(root, tree), { withFileTypes: true })
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .filter((name) => !text.includes(name))
      .map((name) => `${tree}/${name}`),
  );
  expect(missing).toEqual([]);
});

test("every script that a document runs is in package.json", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const unknown = documents.flatMap((document) => {
    const names = [...read(document).matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)].map(([, name]) => name as string);
    return names.filter((name) => !(name in scripts)).map((name) => `${document}: ${name}`);
  });
  expect(unknown).toEqual([]);
});

test("every test that docs/python-parity.md names exists", () => {
  const names = [...read("docs/python-parity.md").matchAll(/`([a-z-]+\/[a-z-]+)`/g)].map(([, name]) => name as string);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !existsSync(join(root, "tests", `${name}.test.ts`)))).toEqual([]);
});

test.each(["assembly", "src"])("every file that a comment in %s names exists", (tree) => {
  const files = filesOf(tree, ".ts").filter((file) => !file.endsWith(".generated.ts"));
  const unknown = files.flatMap((file) => {
    const names = commentsOf(read(file)).match(FILE_NAME) ?? [];
    return names.filter((name) => !isNear(name, file)).map((name) => `${file}: ${name}`);
  });
  expect(unknown).toEqual([]);
});
