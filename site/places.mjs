// Where each page stands, and what it is called in the sidebar. A page of docs/ that is in no group stops the build.

/** The pages by what a reader wants; the names are those of files in docs/. */
const GROUPS = [
  {
    text: "Start",
    pages: {
      start: "Get started",
      playground: "Playground",
      ownership: "Ownership in two minutes",
      choosing: "Choosing a level",
    },
  },
  {
    text: "Guides",
    pages: {
      values: "Values and containers",
      memory: "How memory grows",
      images: "Save, clone, send",
      views: "Read in many threads",
      inspect: "Look into a dump",
      fleet: "Many dumps",
      dumps: "Dumps as a library",
      slim: "The core as a file",
    },
  },
  {
    text: "Reference",
    pages: {
      "api/": "API",
      options: "Options of a heap",
      errors: "Errors",
      "python-parity": "Python parity",
      changes: "Changes",
    },
  },
  {
    text: "Inside",
    pages: {
      architecture: "Architecture",
      "memory-layout": "Memory layout",
      collector: "The collector",
      benchmarks: "Benchmarks",
      contributing: "Contributing",
    },
  },
];

/** Files of the repository that are pages, and their addresses. */
export const PAGES = { "README.md": "start", "CHANGELOG.md": "changes" };

const MADE = ["start", "playground", "api/", "changes"];

/**
 * The sidebar for the pages that there are.
 *
 * @throws for a page that is in no group
 */
export function sidebarOf(names) {
  const known = GROUPS.flatMap(({ pages }) => Object.keys(pages));
  const lost = names.filter((name) => !known.includes(name));
  if (lost.length > 0) throw new Error(`docs/${lost[0]}.md is in no group of site/places.mjs`);
  return GROUPS.map(({ text, pages }) => ({
    text,
    items: Object.entries(pages)
      .filter(([name]) => MADE.includes(name) || names.includes(name))
      .map(([name, title]) => ({ text: title, link: `/${name}` })),
  }));
}
