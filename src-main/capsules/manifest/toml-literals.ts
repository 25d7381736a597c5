/** A bare value of a TOML text: a number, a date, a time, `true`, `inf`, … */
export interface TomlLiteral {
  /** As written. */
  readonly text: string;
  /** Offsets into the text. */
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
}

/** Comments, the four kinds of strings, what gives structure, and bare words. Blanks lie between. */
const TOKEN =
  /#[^\n]*|"""(?:[^"\\]|\\[^]|""?(?!"))*"{3,5}|'''(?:[^']|''?(?!'))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[=,[\]{}\n]|([^\s#"'=,[\]{}]+)/g;
/** A time behind a blank: it belongs to the date before it, the only value that one can follow on its line. */
const TIME = / \d\d:[^\s#,\]}]+/y;

/** The bare values of a TOML text that a parser has found valid, in its order; keys are none. */
export function tomlLiterals(text: string): readonly TomlLiteral[] {
  const literals: TomlLiteral[] = [];
  const open: string[] = [];
  let value = false;
  let line = 1;
  for (const { 0: token, 1: bare, index: start } of text.matchAll(TOKEN)) {
    if (value && bare !== undefined) {
      TIME.lastIndex = start + token.length;
      const time = TIME.exec(text)?.[0] ?? '';
      literals.push({ text: token + time, start, end: start + token.length + time.length, line });
    }
    value = isValueNext(token, value, open);
    line += token.split('\n').length - 1;
  }
  return literals;
}

/** Whether a value may stand behind this token. @param open the brackets around it; changed by the token */
function isValueNext(token: string, value: boolean, open: string[]): boolean {
  switch (token[0]) {
    case '=':
      return true;
    case ',':
      return open.at(-1) === '[';
    case '[':
      open.push(token);
      // Where no value may stand it begins a table's name.
      return value;
    case '{':
      open.push(token);
      return false;
    case ']':
    case '}':
      open.pop();
      return false;
    case '#':
    case '\n':
      return value;
    default:
      return false;
  }
}
