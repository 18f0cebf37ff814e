import { defineConfig } from "vitepress";
import { apiSidebar } from "../api.mjs";
import { docsPages, pagesFolder } from "../pages.mjs";
import { sidebarOf } from "../places.mjs";
import { slugOf } from "../slug.mjs";
import { narrowTables } from "./narrow-tables.mjs";

const sidebar = { "/api/": apiSidebar(`${pagesFolder}/api`), "/": sidebarOf(docsPages()) };

export default defineConfig({
  title: "heapwright",
  description: "Python's memory manager for WebAssembly: reference counts, a cycle collector, and every byte in sight",
  lang: "en",
  srcDir: ".pages",
  outDir: ".dist",
  cacheDir: ".cache",
  // The site works in any folder of a server: DOCS_BASE=/heapwright/ npm run docs:build
  base: process.env.DOCS_BASE ?? "/",
  cleanUrls: false,
  lastUpdated: false,
  head: [
    [
      "link",
      {
        rel: "icon",
        href: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect x='3' y='3' width='12' height='12' rx='3' fill='%232f7d6b'/><rect x='17' y='17' width='12' height='12' rx='3' fill='%232f7d6b'/><path d='M18 9h6v5M14 23H8v-5' stroke='%23c98a3a' stroke-width='3' fill='none'/></svg>",
      },
    ],
  ],
  markdown: {
    anchor: { slugify: slugOf },
    config: narrowTables,
    theme: { light: "github-light", dark: "github-dark" },
    languageAlias: { console: "sh", wat: "text" },
  },
  transformPageData({ relativePath, frontmatter }) {
    // Neighbours in the alphabet are not what a reader wants next.
    if (relativePath.startsWith("api/")) Object.assign(frontmatter, { prev: false, next: false });
  },
  themeConfig: {
    search: {
      provider: "local",
      options: {
        miniSearch: {
          searchOptions: {
            // A word of a guide also stands at a dozen members of the reference. The guide comes first. This runs in the page,
            // so it can use nothing around it.
            boostDocument: (address) => (/\/api\/|\/changes/.test(address) ? 0.3 : 1),
          },
        },
      },
    },
    outline: [2, 3],
    nav: [
      { text: "Start", link: "/start" },
      { text: "Playground", link: "/playground" },
      { text: "Guides", link: "/values", activeMatch: "^/(values|memory|images|views|inspect|fleet|dumps|slim)" },
      { text: "API", link: "/api/", activeMatch: "^/api/" },
      {
        text: "Inside",
        link: "/architecture",
        activeMatch: "^/(architecture|memory-layout|collector|benchmarks|contributing)",
      },
    ],
    sidebar,
    footer: { message: "MIT" },
  },
});
