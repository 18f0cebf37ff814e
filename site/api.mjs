// The reference of the package's entries, as pages of Markdown: TypeDoc reads the types that the package ships.

import { fileURLToPath } from "node:url";
import { Application, Converter, ReflectionKind } from "typedoc";
import { readFileSync } from "node:fs";

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
    if (["index", "slim"].includes(entry?.name)) context.project.removeReflection(made);
  }
}

/** "slim", as programs import it: "heapwright/slim". */
function nameEntries(context) {
  for (const entry of context.project.children)
    entry.name = entry.name === "index" ? "heapwright" : `heapwright/${entry.name}`;
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
    indexFormat: "table",
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, withoutConstructors);
  app.converter.on(Converter.EVENT_RESOLVE_END, nameEntries);
  const project = await app.convert();
  if (!project) throw new Error("TypeDoc could not read the package's types");
  await app.outputs.writeOutput({ name: "markdown", path: folder }, project);
}
