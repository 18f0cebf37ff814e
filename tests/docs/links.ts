// The links of a page of Markdown, and the anchors of its headings, as GitHub reads them.

const CODE = /^(`{3,}|~{3,})[^]*?^\1|`[^`\n]*`/gm;
const LINK = /!?\[(?:[^[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)/g;

export interface Link {
  readonly target: string;
  /** From 1. */
  readonly line: number;
}

/** The same text, with code blanked: a link in it is none. */
function withoutCode(markdown: string): string {
  return markdown.replace(CODE, (code) => code.replace(/[^\n]/g, " "));
}

/** All but those that name a protocol. */
export function linksOf(markdown: string): Link[] {
  // The text of a link may be code; the place where it begins stays.
  const text = withoutCode(markdown);
  return [...text.matchAll(LINK)]
    .map(({ 1: target, index }) => ({ target: target!, line: text.slice(0, index).split("\n").length }))
    .filter(({ target }) => !/^\w+:/.test(target));
}

/** The anchors of the headings; of equal ones the later have a number. */
export function anchorsOf(markdown: string, slugOf: (heading: string) => string): Set<string> {
  const anchors = new Set<string>();
  const text = markdown.replace(/^(`{3,}|~{3,})[^]*?^\1/gm, "");
  for (const [, heading] of text.matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const slug = slugOf(heading!.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1"));
    let anchor = slug;
    for (let number = 1; anchors.has(anchor); number++) anchor = `${slug}-${number}`;
    anchors.add(anchor);
  }
  return anchors;
}
