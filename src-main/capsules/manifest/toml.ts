import { randomUUID } from 'node:crypto';
import { parse, TomlDate, TomlError } from 'smol-toml';
import { capsuleError } from '../errors.ts';
import { MAX_MANIFEST_DEPTH } from '../limits.ts';
import { quoted, shown } from '../words/escape-control-chars.ts';
import { tomlLiterals, type TomlLiteral } from './toml-literals.ts';

/** A value of TOML that JavaScript's own values do not hold. */
export class TomlValue {
  readonly kind: 'date' | 'integer' | 'not-finite';
  /** As written; of a date, as RFC 3339 writes it. */
  readonly text: string;
  /** Line of `Capsule.toml`, from 1. */
  readonly line: number;

  constructor(kind: TomlValue['kind'], text: string, line: number) {
    this.kind = kind;
    this.text = text;
    this.line = line;
  }
}

/** What the library gives as it is. More numbers are than these; they cost a second reading, and come out the same. */
const PLAIN = /^(?:true|false|\d{1,15})$/;
/** Day, minutes, seconds and zone of a text that is one or more of them. */
const DATE_TIME = /(\d{4}-\d\d-\d\d)?[T ]?(\d\d:\d\d)?(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?/;

/**
 * Reads TOML 1.1 without loss. The library gives dates to the millisecond and no text of any value, so every bare value
 * but the plainest is put into the text as a string that names it, and the text is read again.
 *
 * @returns tables as objects without prototype; a value as string, number, boolean, array or `TomlValue`
 * @throws TypedError `manifest-syntax` with line and column, or with line and key
 */
export function readToml(text: string): object {
  const plain = parseText(text);
  // Nobody can have written it.
  const mark = randomUUID();
  const literals = tomlLiterals(text).filter((literal) => !PLAIN.test(literal.text));
  const marked = literals.length === 0 ? plain : parseText(withMarks(text, literals, mark));
  return exactly(plain, marked, '', { mark, literals }) as object;
}

function parseText(text: string): object {
  try {
    return parse(text, { integersAsBigInt: 'asNeeded', maxDepth: MAX_MANIFEST_DEPTH });
  } catch (cause) {
    if (!(cause instanceof TomlError)) {
      throw cause;
    }
    // The library's message is its sentence, then an empty line and the marked piece of the text.
    const what = (cause.message.split('\n')[0] ?? '')
      .replace(/^Invalid TOML document: /, '')
      .replace(/\.$/, '');
    throw capsuleError(
      'manifest-syntax',
      `Capsule.toml:${cause.line}:${cause.column}: ${what}.`,
      `Correct line ${cause.line} of Capsule.toml.`,
      cause,
    );
  }
}

/** The text with a string in the place of each literal: the mark and the literal's index. Lines stay. */
function withMarks(text: string, literals: readonly TomlLiteral[], mark: string): string {
  let at = 0;
  const parts = literals.flatMap(({ start, end }, index) => {
    const before = text.slice(at, start);
    at = end;
    return [before, `"${mark}${index}"`];
  });
  return [...parts, text.slice(at)].join('');
}

interface Marks {
  readonly mark: string;
  readonly literals: readonly TomlLiteral[];
}

/** Both readings in one: what is marked becomes its exact value, everything else is the same in both. */
function exactly(plain: unknown, marked: unknown, key: string, marks: Marks, depth = 0): unknown {
  if (Array.isArray(plain)) {
    requireDepth(key, depth);
    return plain.map((item, index) =>
      exactly(item, (marked as readonly unknown[])[index], `${key}[${index}]`, marks, depth + 1),
    );
  }
  if (typeof plain === 'object' && plain !== null && !(plain instanceof TomlDate)) {
    requireDepth(key, depth);
    const copy = Object.create(null) as Record<string, unknown>;
    const other = new Map(Object.entries(marked as object));
    for (const [name, item] of Object.entries(plain)) {
      // A key like `__proto__` is a key like any other in an object without prototype.
      copy[name] = exactly(item, other.get(name), keyOf(key, name), marks, depth + 1);
    }
    return copy;
  }
  if (typeof marked !== 'string' || !marked.startsWith(marks.mark)) {
    return plain;
  }
  const literal = marks.literals[Number(marked.slice(marks.mark.length))];
  return literal === undefined ? plain : exactValue(plain, literal, key);
}

/** Dotted keys nest without brackets, so the library's own limit does not see them. */
function requireDepth(key: string, depth: number): void {
  if (depth > MAX_MANIFEST_DEPTH) {
    throw capsuleError(
      'manifest-syntax',
      `Capsule.toml: ${quoted(key)} is nested more than ${MAX_MANIFEST_DEPTH} tables deep.`,
      'Write it flatter.',
    );
  }
}

function keyOf(table: string, name: string): string {
  return table === '' ? name : `${table}.${name}`;
}

function exactValue(plain: unknown, { text, line }: TomlLiteral, key: string): TomlValue | number {
  if (plain instanceof TomlDate) {
    const exact = dateText(text);
    // The library takes 30 February for 1 March, and says so; of a time, either way the same.
    if (!plain.toISOString().startsWith(exact.slice(0, 'yyyy-mm-dd'.length))) {
      throw wrongValue(text, line, key, 'which is no day of the calendar');
    }
    return new TomlValue('date', exact, line);
  }
  if (typeof plain === 'bigint') {
    if (plain !== BigInt.asIntN(64, plain)) {
      throw wrongValue(text, line, key, 'which does not fit into the 64 bits of an integer');
    }
    return new TomlValue('integer', plain.toString(), line);
  }
  const number = Number(plain);
  return Number.isFinite(number) ? number : new TomlValue('not-finite', text, line);
}

function dateText(text: string): string {
  const [, day = '', minutes = '', seconds = ':00', zone = ''] = DATE_TIME.exec(text.toUpperCase()) ?? [];
  const time = minutes === '' ? '' : minutes + seconds + zone;
  return [day, time].filter((part) => part !== '').join('T');
}

function wrongValue(text: string, line: number, key: string, why: string): Error {
  return capsuleError(
    'manifest-syntax',
    `Capsule.toml:${line}: ${quoted(key)} is ${shown(text)}, ${why}.`,
    `Correct line ${line} of Capsule.toml.`,
  );
}
