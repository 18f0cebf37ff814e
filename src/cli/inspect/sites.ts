import { compareText } from "../../dump/graph/names.js";
import type { Dump } from "./dump.js";
import { NO_SITES, UsageError } from "./errors.js";
import { line, list, omitted, table } from "./report.js";
import type { Report } from "./report.js";
import { bytes, cut, grouped, JSON_TEXT, plural, shown } from "./text.js";

/** Objects grouped by allocation site and type. */
export function sites(dump: Dump, limit: number, filter: ((v: number) => boolean) | undefined, among: string): Report {
  const { nodes, strings, types } = dump.graph;
  const { site } = nodes;
  if (!site) throw new UsageError(NO_SITES);
  const groups = new Map<string, { site: string; type: string; count: number; self: number }>();
  let unknown = 0;
  for (let v = 0; v < nodes.count; v++) {
    if (filter && !filter(v)) continue;
    const index = site[v] as number;
    if (index === 0) {
      unknown++;
      continue;
    }
    const type = nodes.type[v] as number;
    const key = `${index} ${type}`;
    let group = groups.get(key);
    if (!group)
      groups.set(key, (group = { site: strings[index] ?? "", type: types[type]?.name ?? "", count: 0, self: 0 }));
    group.count++;
    group.self += nodes.selfSize[v] as number;
  }
  const rows = [...groups.values()].sort(
    (a, b) => b.self - a.self || b.count - a.count || compareText(a.site, b.site) || compareText(a.type, b.type),
  );
  const shownRows = list(rows, limit, (row) => ({
    ...row,
    type: cut(row.type, JSON_TEXT),
    // The innermost frames, one per line.
    site: cut(row.site, 10 * JSON_TEXT),
  }));
  return {
    json: { file: dump.file, by: "site", unknown, sites: shownRows },
    text: [
      line(`${plural(rows.length, "site")}${among}; ${plural(unknown, "object")} without one`),
      table(
        ["count", "self", "<type", "<site"],
        rows
          .slice(0, limit)
          .map((row) => [grouped(row.count), bytes(row.self), shown(row.type, 40), shown(siteText(row.site), 120)]),
      ),
      ...omitted(shownRows),
    ],
  };
}

/** The innermost frames of a site on one line. */
export function siteText(site: string, frames = 2): string {
  return site
    .slice(0, 2000)
    .split("\n", frames)
    .map((frame) => shortPath(frame.trim().replace(/^at /, "")))
    .join(" ← ");
}

/** A frame with the last folder and the file instead of the whole path, to save room. JSON has the whole path. */
export function shortPath(frame: string): string {
  return frame.replace(/(^|\(| )(?:file:\/\/)?(?:\/[^()/]+)*\/([^()/]+\/[^()/]+)(?=\)|$)/, "$1$2");
}
