// Bundlers, as a program's build would call them. Each writes one file of JavaScript, and its source map beside it.

import { createRequire } from "node:module";
import { basename, dirname } from "node:path";

/** esbuild, Rolldown and Vite are this package's own; the others come from a folder that has them installed. */
export const bundlers = {
  async esbuild({ input, output, minify }) {
    const { build } = await import("esbuild");
    const options = { bundle: true, format: "esm", platform: "node", target: "es2022", logLevel: "error" };
    await build({ entryPoints: [input], outfile: output, sourcemap: true, minify, ...options });
  },

  async rolldown({ input, output, minify }) {
    const { rolldown } = await import("rolldown");
    const bundle = await rolldown({ input, platform: "node" });
    await bundle.write({ file: output, minify, sourcemap: true, codeSplitting: false });
    await bundle.close();
  },

  async vite({ input, output, minify }) {
    const { build } = await import("vite");
    await build({
      root: dirname(input),
      configFile: false,
      logLevel: "error",
      ssr: { noExternal: true },
      build: {
        ssr: true,
        outDir: dirname(output),
        emptyOutDir: false,
        sourcemap: true,
        minify,
        target: "es2022",
        rolldownOptions: { input, output: { entryFileNames: basename(output), codeSplitting: false } },
      },
    });
  },

  async rollup({ input, output, minify, installed }) {
    const require = createRequire(`${installed}/`);
    const { rollup } = await import(require.resolve("rollup"));
    const fromInput = createRequire(input);
    const packages = {
      name: "packages",
      resolveId: (name) => (name.startsWith("heapwright") ? fromInput.resolve(name) : null),
    };
    const terser = {
      name: "terser",
      renderChunk: (code) => require("terser").minify(code, { module: true, sourceMap: { asObject: true } }),
    };
    const bundle = await rollup({ input, external: /^node:/, plugins: minify ? [packages, terser] : [packages] });
    await bundle.write({ file: output, format: "esm", sourcemap: true, inlineDynamicImports: true });
    await bundle.close();
  },

  async webpack({ input, output, minify, installed }) {
    const webpack = createRequire(`${installed}/`)("webpack");
    const compiler = webpack({
      mode: minify ? "production" : "development",
      target: "node20",
      entry: input,
      devtool: "source-map",
      experiments: { outputModule: true },
      output: { path: dirname(output), filename: basename(output), module: true, chunkFormat: "module" },
      plugins: [new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 })],
    });
    const stats = await new Promise((resolve, reject) =>
      compiler.run((error, result) => (error ? reject(error) : resolve(result))),
    );
    await new Promise((resolve) => compiler.close(resolve));
    if (stats.hasErrors()) throw new Error(stats.toString("errors-only"));
  },
};
