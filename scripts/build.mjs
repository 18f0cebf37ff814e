// Builds everything into dist/: both cores, their inlined copies, and the host with its types.
//
//     npm run build
//     node scripts/build.mjs --host      the host alone, over the cores of the last build
//
// Few files, since each costs its readers: an entry is one file, and what several need is in files that they share.

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { build } from "tsdown";
import { encodeCore } from "./core-text.mjs";
import { withoutProtected } from "./public-types.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

async function compile(file, target) {
  const { error, stderr } = await asc.main([file, "--target", target, "--config", "asconfig.json"]);
  const messages = stderr.toString();
  if (!error && !messages.includes("WARNING")) return;
  process.stderr.write(messages);
  process.exit(1);
}

/** A WebAssembly module as one of JavaScript, so that bundlers have no file to lose. */
function inline(wasm, module) {
  const text = encodeCore(readFileSync(wasm));
  writeFileSync(module, `// Written by scripts/build.mjs.\nexport const text: string =\n  "${text}";\n`);
}

/** The module that reads such texts: so small that it is a list of numbers. */
async function buildDecoder() {
  await compile("assembly/decoder.ts", "decoder");
  const bytes = [...readFileSync("dist/decoder.wasm")];
  rmSync("dist/decoder.wasm");
  const text = `// Written by scripts/build.mjs.\nexport const DECODER = [${bytes.join(", ")}];\n`;
  writeFileSync("src/wasm/decoder.generated.ts", text);
}

/** Packages whose code becomes part of ours: who installs this package installs no other. */
const BUNDLED = ["@assemblyscript/loader", "commander", "hyparquet", "hyparquet-writer", "picocolors"];

/** Where the license of one is that does not bring it. */
const LICENSE_OF = { "@assemblyscript/loader": "assemblyscript" };

/** Their licenses ask to go where the code goes. */
function writeLicenses() {
  const texts = BUNDLED.map((name) => {
    const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
    const text = readFileSync(`node_modules/${LICENSE_OF[name] ?? name}/LICENSE`, "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  const line = `\n${"-".repeat(80)}\n\n`;
  writeFileSync(
    "dist/third-party-licenses.txt",
    ["Code of these packages is in the files here.\n", ...texts].join(line),
  );
}

/**
 * The files that entries share, with all that they import. What lies in one is in the bundle of whoever needs any of it,
 * but for what bundlers see to be unused.
 */
const SHARED = [
  // Errors, and how the core lays things out: all that images, dumps and views need of a heap.
  {
    name: "base",
    test: /\/(assembly|src\/(base|object|wasm|image(?=\/(header|hash)\.ts)))\/(?!instance|inlined|core-text|.*generated)[\w-]+(?<!\.d)\.ts$/,
    priority: 3,
  },
  // What every heap needs.
  { name: "heapwright", test: /\/src\/(heap\/(heap|exports)|state\/\w+|wasm\/core-text)\.ts$/, priority: 2 },
  { name: "inlined", test: /\/src\/(index|heap\/inlined)\.ts$/, priority: 1 },
  {
    name: "images",
    test: /\/src\/((image|persist)\/.*|heap\/(compact|save|restore|left-behind))(?<!\.d)\.ts$/,
    priority: 1,
  },
  { name: "dumps", test: /\/src\/dump\/.*(?<!\.d)\.ts$/ },
];

/** What only the command line needs has a folder of its own. */
function fileOf({ moduleIds }) {
  return moduleIds.some((id) => /\/src\/(?!cli\/)/.test(id) && !id.includes("/node_modules/"))
    ? "[name].js"
    : "cli/[name].js";
}

/**
 * The loader without its functions for the strings and arrays of AssemblyScript's runtime, which our core does not have:
 * every program would carry them.
 */
const slimLoader = {
  name: "slim-loader",
  transform(code, id) {
    if (!id.includes("@assemblyscript/loader/")) return null;
    const without = code.replace(
      /^function postInstantiate\(.*?^}$/ms,
      "function postInstantiate(extendedExports, instance) {\n  return instance.exports;\n}",
    );
    if (without === code) this.error("the loader is not the one that we know");
    return without;
  },
};

async function bundle() {
  await build({
    config: false,
    entry: {
      index: "src/index.ts",
      slim: "src/slim.ts",
      image: "src/image.ts",
      trace: "src/trace.ts",
      checked: "src/checked.ts",
      dump: "src/dump.ts",
      view: "src/view.ts",
      "cli/main": "src/cli/main.ts",
    },
    plugins: [slimLoader],
    outDir: "dist",
    clean: false,
    format: "esm",
    fixedExtension: false,
    hash: false,
    platform: "node",
    target: "es2022",
    sourcemap: true,
    dts: { entry: "src/*.ts", sourcemap: false, compilerOptions: { stripInternal: true } },
    deps: { alwaysBundle: BUNDLED, onlyBundle: BUNDLED, neverBundle: ["@duckdb/node-api"] },
    outputOptions: {
      codeSplitting: { groups: SHARED },
      chunkFileNames: fileOf,
      comments: { jsdoc: false, legal: true, annotation: true },
    },
    logLevel: "warn",
    failOnWarn: true,
    report: false,
    checks: { pluginTimings: false },
  });
}

/** The cores need not be in the source maps once more; types have none, though their files name one, and keep their comments. */
function tidyMaps() {
  for (const file of readdirSync("dist").map((name) => `dist/${name}`)) {
    if (file.endsWith(".js.map")) {
      const map = JSON.parse(readFileSync(file, "utf8"));
      const isCore = (index) => map.sources[index].endsWith(".generated.ts");
      map.sourcesContent = map.sourcesContent.map((text, index) => (isCore(index) ? "// A core as a text.\n" : text));
      writeFileSync(file, JSON.stringify(map));
    } else if (file.endsWith(".d.ts")) {
      const plain = readFileSync(file, "utf8").replace(/\n\/\/# sourceMappingURL=.*$/, "\n");
      const text = withoutProtected(file, plain)
        // A comment that stands behind a member is none of the next one to TypeScript: it needs a line of its own.
        .replace(/^( *)(.*;) (\/\*\*.*)$/gm, "$1$2\n$1$3")
        .replace(/^( *)(\/\*\*.*\*\/)(readonly\b)/gm, "$1$2\n$1$3");
      // Programs need not ask for that library themselves.
      const library = text.includes("Symbol.dispose") ? '/// <reference lib="esnext.disposable" />\n' : "";
      writeFileSync(file, library + text);
    }
  }
}

if (process.argv.includes("--host")) {
  for (const file of readdirSync("dist", { recursive: true }))
    if (/\.(js|map|d\.ts)$/.test(file)) rmSync(`dist/${file}`);
} else {
  rmSync("dist", { recursive: true, force: true });
  mkdirSync("dist");
  await compile("assembly/index.ts", "release");
  await compile("assembly/index.ts", "checked");
  await buildDecoder();
}
inline("dist/core.wasm", "src/wasm/core.generated.ts");
inline("dist/core.checked.wasm", "src/wasm/core-checked.generated.ts");
writeFileSync(
  "dist/core.wasm.d.ts",
  `declare const module: typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : object;
export default module;
`,
);
await bundle();
tidyMaps();
writeLicenses();
