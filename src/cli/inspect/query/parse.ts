import { UsageError } from "../errors.js";
import { parseAmount, shown } from "../text.js";

/**
 * The filter language of `query`.
 *
 * ```text
 *   filter     = and { "or" and }
 *   and        = not { "and" not }
 *   not        = "not" not | "(" filter ")" | state | comparison
 *   comparison = field ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value | field ( "~" | "!~" ) text
 *   value      = number [ unit ] | text            10, 1.5MB, 64KiB
 *   text       = word | "…" | '…'                  with ~, * stands for anything, ? for one character
 * ```
 */
export type Filter =
  | { readonly op: "or" | "and"; readonly left: Filter; readonly right: Filter }
  | { readonly op: "not"; readonly filter: Filter }
  | { readonly op: "state"; readonly state: string }
  | { readonly op: "number"; readonly field: string; readonly compare: Comparator; readonly value: number }
  | {
      readonly op: "text";
      readonly field: string;
      readonly isNot: boolean;
      readonly isGlob: boolean;
      readonly value: string;
    };

export type Comparator = "=" | "!=" | "<" | "<=" | ">" | ">=";

export const NUMBER_FIELDS = [
  "self",
  "retained",
  "count",
  "refcount",
  "outside",
  "generation",
  "in",
  "out",
  "depth",
  "id",
  "address",
] as const;
export const TEXT_FIELDS = ["type", "kind", "label", "site"] as const;
export const STATES = [
  "live",
  "garbage",
  "leaked",
  "cyclic",
  "root",
  "immortal",
  "tracked",
  "finalized",
  "weakrefs",
  "frozen",
] as const;

interface Token {
  readonly kind: "word" | "text" | "sign" | "end";
  readonly text: string;
  /** Position in the query. */
  readonly at: number;
}

const SPACE = /\s+/y;
const SIGN = /!=|!~|<=|>=|[()=<>~]/y;
const WORD = /[\p{L}\p{N}_.$@*?/:[\]#-]+/uy;
const QUOTED = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/sy;

function tokens(query: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(query);
  };
  while (at < query.length) {
    const space = match(SPACE);
    if (space) {
      at += space[0].length;
      continue;
    }
    const sign = match(SIGN);
    const quoted = match(QUOTED);
    const word = match(WORD);
    const token = sign ?? quoted ?? word;
    if (!token) throw failure(query, at, "this cannot be read");
    if (sign) found.push({ kind: "sign", text: sign[0], at });
    else if (quoted) found.push({ kind: "text", text: (quoted[1] ?? quoted[2] ?? "").replace(/\\(.)/gs, "$1"), at });
    else found.push({ kind: "word", text: token[0], at });
    at += token[0].length;
  }
  found.push({ kind: "end", text: "", at });
  return found;
}

function failure(query: string, at: number, what: string): UsageError {
  return new UsageError(
    `in the query at ${at + 1}, before ${shown(JSON.stringify(query.slice(at, at + 20)))}: ${what}`,
  );
}

/** Maximal nesting: the parser is recursive and could overflow the stack. */
const DEEPEST = 200;

class Parser {
  readonly #query: string;
  readonly #tokens: Token[];
  #next = 0;
  #depth = 0;

  constructor(query: string) {
    this.#query = query;
    this.#tokens = tokens(query);
  }

  parse(): Filter {
    const filter = this.#or();
    if (this.#peek().kind !== "end") throw this.#fail("expected “and”, “or” or the end");
    return filter;
  }

  #peek(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #fail(what: string, token = this.#peek()): UsageError {
    return failure(this.#query, token.at, what);
  }

  #accept(text: string): boolean {
    const token = this.#peek();
    if (token.kind === "text" || token.text.toLowerCase() !== text) return false;
    this.#next++;
    return true;
  }

  #or(): Filter {
    let left = this.#and();
    while (this.#accept("or")) left = { op: "or", left, right: this.#and() };
    return left;
  }

  #and(): Filter {
    let left = this.#not();
    while (this.#accept("and")) left = { op: "and", left, right: this.#not() };
    return left;
  }

  #not(): Filter {
    if (++this.#depth > DEEPEST) throw this.#fail("nested too deeply");
    try {
      if (this.#accept("not")) return { op: "not", filter: this.#not() };
      if (!this.#accept("(")) return this.#comparison();
      const filter = this.#or();
      if (!this.#accept(")")) throw this.#fail("expected “)”");
      return filter;
    } finally {
      this.#depth--;
    }
  }

  #comparison(): Filter {
    const name = this.#peek();
    if (name.kind !== "word") throw this.#fail("expected a field or a state");
    this.#next++;
    const field = name.text.toLowerCase();
    if (isOneOf(STATES, field)) return { op: "state", state: field };
    const isNumber = isOneOf(NUMBER_FIELDS, field);
    if (!isNumber && !isOneOf(TEXT_FIELDS, field))
      throw this.#fail(
        `there is no field ${shown(name.text)}; fields are ${[...NUMBER_FIELDS, ...TEXT_FIELDS].join(", ")}, states ${STATES.join(", ")}`,
        name,
      );
    const sign = this.#peek();
    if (sign.kind !== "sign" || sign.text === "(" || sign.text === ")") throw this.#fail("expected a comparison");
    this.#next++;
    const isGlob = sign.text.endsWith("~");
    if (isNumber && isGlob) throw this.#fail(`${field} is a number: compare it with =, !=, <, <=, > or >=`, sign);
    if (!isNumber && !isGlob && sign.text !== "=" && sign.text !== "!=")
      throw this.#fail(`${field} is a text: compare it with =, !=, ~ or !~`, sign);
    const value = this.#peek();
    if (value.kind !== "word" && value.kind !== "text") throw this.#fail("expected a value");
    this.#next++;
    if (!isNumber) return { op: "text", field, isNot: sign.text.startsWith("!"), isGlob, value: value.text };
    return { op: "number", field, compare: sign.text as Comparator, value: this.#number(value) };
  }

  #number(token: Token): number {
    const text = token.text.replace(/^@/, "");
    const amount = /^0x[0-9a-f]{1,12}$/i.test(text) ? Number(text) : parseAmount(text);
    if (amount === null) throw this.#fail("expected a number, such as 10, 1.5MB, 64KiB or 0x30008", token);
    return amount;
  }
}

function isOneOf(all: readonly string[], name: string): boolean {
  return all.includes(name);
}

/** @throws {@link UsageError} with the position of the error. */
export function parseFilter(query: string): Filter {
  if (query.length > 10_000) throw new UsageError("the query is longer than 10,000 characters");
  return new Parser(query).parse();
}
