export interface Build {
  input: string;
  output: string;
  minify: boolean;
  /** The folder that has `node_modules` with Rollup, terser and webpack. */
  installed?: string;
}
export const bundlers: Record<"esbuild" | "rolldown" | "vite" | "rollup" | "webpack", (build: Build) => Promise<void>>;
