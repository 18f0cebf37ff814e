// The README's picture, in light and dark, with what it shows in words.

import { panelsOf } from "../report/summary.mjs";
import { format } from "../report/table.mjs";

const attribute = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

export function picture({ results }) {
  const inWords = panelsOf(results)
    .map(({ title, unit, bars }) => {
      const figures = bars.map(({ label, figure }) => `${label} ${format(figure)}`);
      return `${title} (${unit}): ${figures.join("; ")}.`;
    })
    .join(" ");
  return [
    "<picture>",
    `<source media="(prefers-color-scheme: dark)" srcset="docs/benchmarks/summary-dark.svg">`,
    `<img src="docs/benchmarks/summary.svg" width="640" alt="${attribute(inWords)}">`,
    "</picture>",
  ].join("\n");
}
