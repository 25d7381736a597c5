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
  /#[^\n]*|"""(?:[^"\\]|\\[^]|""?(?!"))*"{3,5}|'''(?:[^']|''?(?!'))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[=,[\]{}\n]|[^\s#"'=,[\]{}]+/g;
const DATE = /^\d{4}-\d\d-\d\d$/;
/** A time behind a date and a blank, which belongs to the date. */
const TIME = / \d\d:[\d:.]+(?:[Zz]|[+-]\d\d:\d\d)?/y;

/** The bare values of a TOML text that a parser has found valid, in its order; keys are none. */
export function tomlLiterals(text: string): readonly TomlLiteral[] {
  const literals: TomlLiteral[] = [];
  const open: string[] = [];
  let value = false;
  let line = 1;
  for (const { 0: token, index: start } of text.matchAll(TOKEN)) {
    const bare = !/^["'#=,[\]{}\n]/.test(token);
    if (value && bare) {
      TIME.lastIndex = start + token.length;
      const time = DATE.test(token) ? (TIME.exec(text)?.[0] ?? '') : '';
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
      // Where no value may stand it begins a table's name.
      if (value) {
        open.push(token);
      }
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
