import { execFileSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What DevTools says of a node. */
export type DevToolsNode = [name: string, selfSize: number, retainedSize: number, stack?: string[]];

/** What Chrome DevTools' own code says of the nodes in each of `files`, by id. It leaves out those of size 0. */
export function askDevTools(files: string[], ...options: "--stacks"[]): Map<number, DevToolsNode>[] {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const output = execFileSync(
    process.execPath,
    ["--import", pathToFileURL(path("modern-promise.mjs")).href, path("devtools.mjs"), ...options, ...files],
    { encoding: "utf8", maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "inherit"] },
  );
  return output
    .trim()
    .split("\n")
    .map((line) => {
      const nodes = JSON.parse(line) as Record<string, DevToolsNode>;
      return new Map(Object.entries(nodes).map(([id, node]) => [Number(id), node]));
    });
}
