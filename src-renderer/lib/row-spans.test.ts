import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogPage } from '../../src-main/contract/views.ts';
import { streamRows } from './log-rows.ts';
import { appendPage, emptyWindow } from './log-window.ts';
import { rowSpans, rowText } from './row-spans.ts';
import type { TextRow } from './split-rows.ts';

const ESC = '\u001b';
const utf8 = new TextEncoder();
const page = (start: number, bytes: Uint8Array): LogPage => ({
  bytes,
  start,
  next: start + bytes.length,
  lost: 0,
  end: false,
  times: [],
});

/** The rows of a log that arrived in pieces, each of the size given; what is left comes as the last one. */
function rowsOf(bytes: Uint8Array, sizes: readonly number[] = []): readonly TextRow[] {
  let window = emptyWindow;
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    window = appendPage(window, page(at, bytes.slice(at, at + size)), Number.MAX_SAFE_INTEGER, 0);
    at = Math.min(bytes.length, at + size);
  }
  return streamRows(window, 'stdout').filter((row) => row.kind === 'text');
}

const textOf = (text: string): string =>
  rowsOf(utf8.encode(text))
    .map((row) => `${row.continued ? '' : '\n'}${rowText(row)}`)
    .join('')
    .slice(1);

describe('an escape sequence that is not complete', () => {
  it.each([
    ['an OSC that never ends', `${'x'.repeat(900)}${ESC}]${'IMPORTANT'.repeat(40)}`],
    ['an OSC cut by the end of its line', `${ESC}]0;IMPORTANT\nnext`],
    ['an OSC cut by another escape', `${ESC}]0;IMPORTANT${ESC}[31m`],
    ['an OSC longer than any in use', `${ESC}]0;${'IMPORTANT'.repeat(2000)}\u0007`],
    ['a CSI with a letter of another alphabet', `${ESC}[1;ÜIMPORTANT`],
    ['a CSI with too many parameters', `${ESC}[${'1;'.repeat(400)}mIMPORTANT`],
    [
      'a DCS, APC, PM and SOS without their ends',
      `${ESC}P+IMPORTANT${ESC}_IMPORTANT${ESC}^IMPORTANT${ESC}X!IMPORTANT`,
    ],
    ['an escape of blanks', `${ESC}    IMPORTANT`],
    ['an escape at the end', `IMPORTANT${ESC}`],
    ['one of the C1 controls in UTF-8', '\u009d0;IMPORTANT\u0007\u009b31mIMPORTANT'],
  ])('hides nothing: %s', (_what, text) => {
    const words = (all: string): number => all.match(/IMPORTANT/gu)?.length ?? 0;
    expect(words(textOf(text))).toBe(words(text));
  });
});

describe('a complete escape sequence', () => {
  it.each([
    ['a title', `a${ESC}]0;title\u0007b`],
    ['a title that ends with ST', `a${ESC}]2;tïtle${ESC}\\b`],
    ['a link of 2 KiB', `a${ESC}]8;;https://example.com/${'x'.repeat(2048)}${ESC}\\b`],
    ['a device control string', `a${ESC}P1$r0m${ESC}\\b`],
    ['an application command', `a${ESC}_Gi=1;AAAA${ESC}\\b`],
    ['a privacy message', `a${ESC}^secret${ESC}\\b`],
    ['a start of string', `a${ESC}Xstring${ESC}\\b`],
    ['erase in line', `a${ESC}[2Kb`],
    ['a private mode', `a${ESC}[?25lb`],
    ['a cursor style', `a${ESC}[4 qb`],
    ['a character set', `a${ESC}(Bb`],
    ['save and restore', `a${ESC}7${ESC}8b`],
    ['keys of an application', `a${ESC}=${ESC}>b`],
  ])('is no text: %s', (_what, text) => {
    expect(textOf(text)).toBe('ab');
  });

  it('is no text at the edge of a row either, whatever its length', () => {
    const link = `${ESC}]8;;https://example.com/${'y'.repeat(1900)}${ESC}\\`;
    expect(textOf(`${'x'.repeat(1020)}${link}${'z'.repeat(10)}`)).toBe(
      `${'x'.repeat(1020)}${'z'.repeat(10)}`,
    );
  });
});

describe('what a program wrote', () => {
  // Mostly what matters to escapes, so that sequences come about, complete and not.
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(ESC, `${ESC}[`, `${ESC}]`, `${ESC}P`, `${ESC}\\`, '\u0007', '\n'),
    },
    {
      weight: 6,
      arbitrary: fc.constantFrom('0', ';', ':', 'm', 'K', ' ', '(', '?', 'a', '\r', '\t', '\u0018'),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom('ü', '漢', '\u0301', '\u200d', '👩‍🚀', '\u202e', '\u009b', '\u3164'),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 5 }) },
  );
  const bytes = fc
    .tuple(
      fc.array(
        fc.oneof(
          piece.map((text) => utf8.encode(text)),
          fc.uint8Array({ maxLength: 4 }),
        ),
        { maxLength: 60 },
      ),
    )
    .map(([parts]) => Uint8Array.from(parts.flatMap((part) => [...part])));

  it('is shown, escaped or part of a complete sequence, however it came in', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(40), { maxLength: 20 }), (written, sizes) => {
        const rows = rowsOf(written, sizes);
        expect(rows.map(rowText)).toEqual(expectedLines(written));
        // Colours too do not depend on where the pieces ended.
        expect(rows.map(rowSpans)).toEqual(rowsOf(written).map(rowSpans));
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The lines by another way: one regular expression over Latin-1, then one character after the other. */
function expectedLines(written: Uint8Array): readonly string[] {
  const lines = String.fromCharCode(...written).split('\n');
  const last = lines.pop() ?? '';
  const ended = lines.map((line) => line.replace(/\r$/u, ''));
  return [...ended, ...(last === '' ? [] : [last])].map((line) => line.split(COMPLETE).map(shown).join(''));
}

const COMPLETE =
  // oxlint-disable-next-line no-control-regex -- escape sequences are the purpose
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][\x08\t\x0b-\r -~\x80-\xff]*(?:\x07|\x1b\\)|\x1b[PX^_][\x08\t\x0b-\r -~\x80-\xff]*\x1b\\|\x1b[ -/]{1,2}[0-~]|\x1b[0-OQ-WYZ\\`-~]/u;

function shown(latin1: string): string {
  const bytes = Uint8Array.from(latin1, (character) => character.charCodeAt(0));
  let text = '';
  let marks = Infinity;
  for (let at = 0; at < bytes.length;) {
    const character = [1, 2, 3, 4]
      .map((size) => decoded(bytes.subarray(at, at + size)))
      .find((one) => one !== null);
    if (new TextDecoder().decode(bytes.subarray(at)).startsWith('👩‍🚀')) {
      text += '👩‍🚀';
      marks = 0;
      at += utf8.encode('👩‍🚀').length;
    } else if (character === undefined) {
      text += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
      marks = Infinity;
      at += 1;
    } else {
      const isMark = /[\p{Mn}\p{Me}]/u.test(character);
      const isHidden = character !== ' ' && HIDDEN.test(character);
      const escaped = isHidden || (isMark && marks >= 4);
      text += escaped && character !== '\t' ? escapeOf(character) : character;
      marks = isHidden ? Infinity : isMark ? marks + 1 : 0;
      at += utf8.encode(character).length;
    }
  }
  return text;
}

const HIDDEN = /[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufffc]/u;
const escapeOf = (character: string): string => {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return character < '\u0080' ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
};

/** One whole character, or null. */
function decoded(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return Array.from(text).length === 1 ? text : null;
  } catch {
    return null;
  }
}
