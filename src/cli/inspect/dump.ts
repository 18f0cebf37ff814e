import { dominated } from "../../dump/analysis/dominated.js";
import type { Dominated } from "../../dump/analysis/dominated.js";
import { dominators } from "../../dump/analysis/dominators.js";
import type { DominatorTree } from "../../dump/analysis/dominators.js";
import { dominatorPaths } from "../../dump/analysis/dominator-paths.js";
import type { DominatorPaths } from "../../dump/analysis/dominator-paths.js";
import { cycles } from "../../dump/analysis/cycles.js";
import type { Cycles } from "../../dump/analysis/cycles.js";
import { PathFinder } from "../../dump/analysis/paths.js";
import { reachability } from "../../dump/analysis/reachability.js";
import type { Reachability } from "../../dump/analysis/reachability.js";
import { referrers } from "../../dump/analysis/referrers.js";
import type { Referrers } from "../../dump/analysis/referrers.js";
import { NO_NODE } from "../../dump/graph/graph.js";
import type { HeapGraph } from "../../dump/graph/graph.js";
import { finishAsync } from "../../dump/steps.js";
import type { StepOptions, Steps } from "../../dump/steps.js";

/** A dump and its analyses. Each analysis runs once, when it is first needed. */
export class Dump {
  readonly file: string;
  readonly format: string;
  readonly graph: HeapGraph;
  readonly #options: StepOptions;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(graph: HeapGraph, file = "", format: string = graph.source, options: StepOptions = {}) {
    this.graph = graph;
    this.file = file;
    this.format = format;
    this.#options = options;
  }

  /** Runs an analysis. It reports progress and can be cancelled. */
  run<T>(steps: Steps<T>): Promise<T> {
    return finishAsync(steps, this.#options);
  }

  #once<T>(name: string, make: () => Promise<T>): Promise<T> {
    let known = this.#known.get(name) as Promise<T> | undefined;
    if (!known) this.#known.set(name, (known = make()));
    return known;
  }

  reach(): Promise<Reachability> {
    return this.#once("reach", () => this.run(reachability(this.graph)));
  }

  tree(): Promise<DominatorTree> {
    return this.#once("tree", () => this.run(dominators(this.graph)));
  }

  children(): Promise<Dominated> {
    return this.#once("children", async () => this.run(dominated(await this.tree())));
  }

  /** By node: number of its dominators; {@link NO_NODE} if no root reaches it. */
  depth(): Promise<Uint32Array> {
    return this.#once("depth", async () => {
      const { root, order, idom } = await this.tree();
      const depth = new Uint32Array(this.graph.nodes.count).fill(NO_NODE);
      for (const v of order) {
        const above = idom[v] as number;
        depth[v] = above === root ? 0 : (depth[above] as number) + 1;
      }
      return depth;
    });
  }

  dominatorPaths(): Promise<DominatorPaths> {
    return this.#once("dominatorPaths", async () => this.run(dominatorPaths(this.graph, await this.tree())));
  }

  referrers(): Promise<Referrers> {
    return this.#once("referrers", () => this.run(referrers(this.graph)));
  }

  paths(): Promise<PathFinder> {
    return this.#once("paths", async () => new PathFinder(this.graph, await this.referrers()));
  }

  cycles(): Promise<Cycles> {
    return this.#once("cycles", () => this.run(cycles(this.graph)));
  }
}
