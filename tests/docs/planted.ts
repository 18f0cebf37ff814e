// Pages with mistakes in them, and what the check says of each; and one that has none.

const fence = (code: string, language = "ts"): string => `\`\`\`${language}\n${code}\n\`\`\`\n`;
const HEAP = 'import { Heap } from "heapwright";\nconst heap = Heap.createSync();\n';

/** By what is wrong: the page, and the failures, as line and message. */
export const PLANTED: Record<string, { markdown: string; failures: RegExp[] }> = {
  "a wrong type": { markdown: fence("const text: string = 3;"), failures: [/^2 does not compile: Type 'number'/] },
  "a name that is not declared": { markdown: `Text.\n\n${fence("unknown();")}`, failures: [/^4 does not compile/] },
  "a name that the package does not export": {
    markdown: fence('\nimport { Haep } from "heapwright";\nHaep;'),
    failures: [/^3 does not compile: .*Haep/],
  },
  "JavaScript with a wrong type": { markdown: fence("Math.max('3');", "js"), failures: [/^2 does not compile/] },
  "code that throws": {
    markdown: fence(`${HEAP}heap.struct("A", {});\nheap.struct("A", {});`),
    failures: [/^5 throws DuplicateTypeError/],
  },
  "a rejection that nobody sees": {
    markdown: fence('void Promise.reject(new Error("unseen"));'),
    failures: [/^2 throws Error: unseen/],
  },
  "a wrong number": { markdown: fence("1 + 1; // 3: a sum"), failures: [/^2 gives 2, and says 3$/] },
  "a wrong text": { markdown: fence('"Bob"; // "Alice". And more'), failures: [/^2 gives 'Bob', and says "Alice"$/] },
  "a wrong array": {
    markdown: fence("const list = [1, 2]; // [1, 3]"),
    failures: [/gives \[ 1, 2 \], and says \[1, 3\]/],
  },
  "a wrong beginning": { markdown: fence("[1, 2]; // [2, …]"), failures: [/says \[2, …\]/] },
  "an object with another key": { markdown: fence("({ a: 1 }); // { b }"), failures: [/says \{ b \}/] },
  "a wrong output": {
    markdown: fence("console.log(1); // 2"),
    failures: [/^2 prints 1, and says 2$/],
  },
  "an output that is missing": {
    markdown: fence("[1].forEach((n) => n); // prints: 1"),
    failures: [/^2 prints , and says 1$/],
  },
  "a wrong return value behind the output": {
    markdown: fence('(console.log("a"), 5); // prints: a. Returns 4'),
    failures: [/^2 gives 5, and says 4$/],
  },
  "a wrong value in a plain block": { markdown: fence("{\n  1; // 2\n}"), failures: [/^3 gives 1, and says 2$/] },
  "a wrong value in a catch": {
    markdown: fence("try {\n  throw 1;\n} catch (error) {\n  error; // 2\n}"),
    failures: [/^5 gives 1, and says 2$/],
  },
  "a wrong output of a loop": {
    markdown: fence("for (const n of [1, 2]) console.log(n); // prints: 1, 3"),
    failures: [/^2 prints 1\n2, and says 1, 3$/],
  },
  "a line that is not reached": {
    markdown: fence("if (Date.now() === 0) {\n  1; // 1\n}"),
    failures: [/^3 is not reached; it says 1$/],
  },
  "a name of another program": {
    markdown: `${fence("const one = 1;")}<!-- new program -->\n${fence("one;")}`,
    failures: [/^6 does not compile: Cannot find name 'one'/],
  },
  "what is compiled only": {
    markdown: `<!-- compiled only: it would throw -->\n${fence("const n: number = '1';")}`,
    failures: [/^3 does not compile/],
  },
  "hidden code": { markdown: `<!-- before:\nlet a = b;\n-->\n${fence("a;")}`, failures: [/^2 does not compile/] },
  nothing: {
    markdown: [
      `<!-- before: ${HEAP.replaceAll("\n", " ")} -->`,
      fence('const names = heap.list(["a"]);\nnames.length; // 1: a remark\nnames.toString(); // nothing is said here'),
      fence("console.log(names); // ['a'], as in Python"),
      fence("const names = 3; // 3\n1_000; // 1000, in digits\n[{ a: 1n }, 2]; // [{ a: 1n }, …]"),
      "<!-- not run: it is not even a program -->",
      fence("const const"),
      "<!-- compiled only: it throws -->",
      fence("throw new Error(String(names));"),
      "<!-- new program -->",
      fence('import { Heap } from "heapwright/slim";\nHeap.name; // "Heap"'),
      fence("no program", "text"),
    ].join("\n"),
    failures: [],
  },
};
