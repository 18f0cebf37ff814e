// The reference of the package's entries, as pages of Markdown: TypeDoc reads the types that the package ships.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, Comment, Converter, ReflectionKind } from "typedoc";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The entries that have types of their own: ".", "./slim", … */
const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const ENTRIES = Object.values(exports)
  .map(({ types }) => types)
  .filter((types) => types && !types.endsWith(".wasm.d.ts"));

/** Classes whose objects a heap makes: a constructor of theirs would mislead. */
function withoutConstructors(context) {
  for (const made of context.project.getReflectionsByKind(ReflectionKind.Constructor)) {
    const entry = made.parent?.parent;
    if (["index", "slim", "view"].includes(entry?.name)) context.project.removeReflection(made);
  }
}

/** Parameters that are taken apart where they are declared: TypeDoc has no name for them, their types have. */
const NAMES = {
  HeapGraph: "graph",
  DominatorTree: "tree",
  Dominated: "children",
  DominatorPaths: "paths",
  StructArguments: "values",
};
function nameParameters(context) {
  for (const parameter of context.project.getReflectionsByKind(ReflectionKind.Parameter)) {
    if (parameter.name !== "__namedParameters") continue;
    const type = parameter.type?.name ?? "options";
    parameter.name = NAMES[type] ?? `${type[0].toLowerCase()}${type.slice(1)}`;
  }
}

/** What the source of an entry says of it: the files of types no longer do. */
function commentOf(name) {
  const [, text] = /^\/\*\*\n(.*?)\n \*\//s.exec(readFileSync(`${root}src/${name}.ts`, "utf8"));
  const plain = text.replace(/^ \* ?/gm, "").replace(/@packageDocumentation/, "");
  return new Comment([{ kind: "text", text: plain.replace(/\{@link (\w+)\}/g, "`$1`").trim() }]);
}

/** "slim", as programs import it: "heapwright/slim". */
function nameEntries(context) {
  for (const entry of context.project.children) {
    entry.comment = commentOf(entry.name);
    entry.name = entry.name === "index" ? "heapwright" : `heapwright/${entry.name}`;
  }
}

const KINDS = {
  classes: "Classes",
  functions: "Functions",
  interfaces: "Interfaces",
  "type-aliases": "Types",
  variables: "Constants",
};

/** The sidebar of the reference: its pages by entry and kind. */
export function apiSidebar(folder) {
  const itemsOf = (entry, kind) =>
    readdirSync(join(folder, entry, kind)).map((file) => {
      const name = file.replace(/\.md$/, "");
      return { text: name, link: `/api/${entry}/${kind}/${name}` };
    });
  const section = (entry, text) => {
    const kinds = readdirSync(join(folder, entry)).filter((kind) => kind in KINDS);
    const items = kinds.map((kind) => ({
      text: KINDS[kind],
      collapsed: true,
      items: itemsOf(entry, kind),
    }));
    // What re-exports all of another entry, or has one function, needs no list.
    return { text, link: `/api/${entry}/`, collapsed: entry !== "heapwright", items };
  };
  const others = readdirSync(join(folder, "heapwright")).filter((name) => !(name in KINDS) && !name.endsWith(".md"));
  return [
    { text: "Documentation", link: "/start" },
    section("heapwright", "heapwright"),
    ...others.map((name) => section(`heapwright/${name}`, `heapwright/${name}`)),
  ];
}

/** What stands before each example of an entry; the tests put it there, too. */
function preludeOf(name) {
  const text = readFileSync(`${root}site/preludes/${name}.ts`, "utf8");
  return text.replace("/* example */\n", "").replace(/^\/\/ (.*)\n/, "$1\n\n```ts\n") + "```\n";
}

/** The first page: each entry with what it is for, and what the examples begin with. */
function indexOf(entries) {
  const parts = entries.map(({ name, comment }) => {
    const [{ text }] = comment.summary;
    const page = name === "heapwright" ? "heapwright/index.md" : `${name}/index.md`;
    return `## [${name}](${page})\n\n${text}\n`;
  });
  const examples = ["## Examples", "", preludeOf("heap"), preludeOf("dump")];
  return ["# API", "", "The entries of the package, and all that each exports.", "", ...parts, ...examples].join("\n");
}

/** Writes the reference into a folder. */
export async function writeApi(folder) {
  const app = await Application.bootstrapWithPlugins({
    name: "API",
    entryPoints: ENTRIES.map((types) => `${root}${types}`),
    tsconfig: fileURLToPath(new URL("tsconfig.json", import.meta.url)),
    plugin: ["typedoc-plugin-markdown"],
    readme: "none",
    logLevel: "Error",
    disableSources: true,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    entryFileName: "index",
    hidePageHeader: true,
    hideBreadcrumbs: true,
    sanitizeComments: true,
    useCodeBlocks: true,
    parametersFormat: "table",
    propertiesFormat: "table",
    typeDeclarationFormat: "table",
    pageTitleTemplates: { module: "{name}", member: "{name}" },
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, withoutConstructors);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, nameParameters);
  app.converter.on(Converter.EVENT_RESOLVE_END, nameEntries);
  const project = await app.convert();
  if (!project) throw new Error("TypeDoc could not read the package's types");
  await app.outputs.writeOutput({ name: "markdown", path: folder }, project);
  writeFileSync(join(folder, "index.md"), indexOf(project.children));
  // It has the names of the main entry once more: a search would find all of them twice.
  const slim = join(folder, "heapwright/slim");
  for (const name of readdirSync(slim, { recursive: true }).filter((name) => name.endsWith(".md"))) {
    const page = join(slim, name);
    writeFileSync(page, `---\nsearch: false\n---\n${readFileSync(page, "utf8")}`);
  }
}
