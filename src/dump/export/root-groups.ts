import { unexplained } from "../analysis/held.js";
import { garbageHeads } from "../analysis/reachability.js";
import type { Reachability } from "../analysis/reachability.js";
import { RootKind } from "../graph/graph.js";
import type { HeapGraph } from "../graph/graph.js";

const GROUP_NAMES: Readonly<Record<RootKind, string>> = {
  [RootKind.HANDLE]: "(host handles)",
  [RootKind.NAMED]: "(named roots)",
  [RootKind.IMMORTAL]: "(immortals)",
  [RootKind.RUNTIME]: "(runtime)",
  [RootKind.ENGINE]: "(engine roots)",
};

/** A synthetic node, and its edges: label (a string or a number) and target in the file. */
export interface Group {
  name: string;
  edges: { label: string | number; target: number }[];
}

/** The synthetic nodes; the first is the root. All children of the root must be synthetic. */
export function groupsOf(graph: HeapGraph, reach: Reachability): Group[] {
  const { roots } = graph;
  const gcRoots: Group = { name: "(GC roots)", edges: [] };
  const root: Group = { name: "", edges: [] };
  const groups = [root, gcRoots];
  const targets: [Group, string | number, number][] = [];
  const groupOf = (name: string): Group => {
    let group = groups.find((one) => one.name === name);
    if (!group) groups.push((group = { name, edges: [] }));
    return group;
  };
  for (let i = 0; i < roots.count; i++) {
    const group = groupOf(GROUP_NAMES[roots.kind[i] as RootKind]);
    const name = graph.strings[roots.name[i] as number] as string;
    targets.push([group, name, roots.target[i] as number]);
  }
  for (const v of unexplained(graph).nodes) targets.push([groupOf("(leaked references)"), "", v]);
  for (const v of garbageHeads(graph, reach)) targets.push([groupOf("(unreachable: awaiting cycle GC)"), "", v]);
  for (const [group, name, target] of targets)
    group.edges.push({ label: name === "" ? group.edges.length + 1 : name, target: groups.length + target });
  root.edges.push({ label: 1, target: 1 });
  for (let g = 2; g < groups.length; g++) {
    const parent = (groups[g] as Group).name.startsWith("(unreachable") ? root : gcRoots;
    parent.edges.push({ label: parent.edges.length + 1, target: g });
  }
  return groups;
}
