import { CSI } from '../../src-main/contract/escape-sequences.ts';

/** What an SGR escape (`ESC [ … m`) can say about text. A colour is 0–15 by number, or a CSS colour for the rest. */
export interface TextStyle {
  readonly fg: number | string | null;
  readonly bg: number | string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
  readonly overline: boolean;
  readonly inverse: boolean;
}

export const plainStyle: TextStyle = {
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  strike: false,
  overline: false,
  inverse: false,
};

/** The style after the complete sequence of `size` bytes at `at`: only `ESC [ … m` without a private mark changes it. */
export function styleAfter(style: TextStyle, bytes: Uint8Array, at: number, size: number): TextStyle {
  if (bytes[at + 1] !== CSI || bytes[at + size - 1] !== 0x6d) {
    return style;
  }
  const parameters = String.fromCharCode(...bytes.subarray(at + 2, at + size - 1));
  return /^[\d;:]*$/u.test(parameters) ? applySgr(style, parameters) : style;
}

/**
 * The style after one SGR sequence; `parameters` is the text between `ESC [` and `m` (ECMA-48 5.4.2 and 8.3.117, colours as
 * ITU-T T.416 13.1.8 and xterm write them, with `:` or `;`). What is left out is 0. Unknown parameters change nothing, nor
 * does what stands behind their colons. Concealing and blinking are left out on purpose: what is there is shown.
 */
export function applySgr(style: TextStyle, parameters: string): TextStyle {
  const all = parameters.split(';').map((part) => part.split(':').map(Number));
  let next = style;
  for (let index = 0; index < all.length; index += 1) {
    const [code = 0, ...parts] = all[index] ?? [];
    if (isColorCode(code)) {
      // Without colons a colour takes the parameters behind it.
      const flat = parts.length === 0 ? all.slice(index + 1, index + 6).map(([number = 0]) => number) : null;
      next = withColor(next, code, flat === null ? colonColor(parts) : colorOf(flat));
      index += flat === null ? 0 : argumentsOf(flat);
    } else if (code === UNDERLINE && parts.length > 0) {
      const [kind = 0] = parts;
      next = kind <= LAST_UNDERLINE_KIND ? { ...next, underline: kind > 0 } : next;
    } else if (parts.length === 0) {
      next = applyCode(next, code);
    }
  }
  return next;
}

const UNDERLINE = 4;
/** None, single, double, curly, dotted, dashed. */
const LAST_UNDERLINE_KIND = 5;

/** Text, ground and underline. */
function isColorCode(code: number): code is 38 | 48 | 58 {
  return code === 38 || code === 48 || code === 58;
}

function withColor(style: TextStyle, code: 38 | 48 | 58, color: number | string | null): TextStyle {
  if (color === null || code === 58) {
    return style;
  }
  return code === 38 ? { ...style, fg: color } : { ...style, bg: color };
}

/** Numbers that belong to a colour written with `;`, its kind included: implementation's own and transparent have none. */
function argumentsOf([kind = 0]: readonly number[]): number {
  return { 2: 4, 3: 4, 4: 5, 5: 2 }[kind] ?? 1;
}

/** Written with `:`, red, green and blue stand behind a colour space; most who write it leave the place for that out. */
function colonColor([kind = 0, ...values]: readonly number[]): number | string | null {
  return colorOf([kind, ...(kind === 2 && values.length > 3 ? values.slice(1) : values)]);
}

/** Null for kinds that are not shown, for what is out of range and for what is cut short. */
function colorOf([kind, first, second, third]: readonly number[]): number | string | null {
  if (kind === 5) {
    return paletteColor(first);
  }
  return kind === 2 && isByte(first) && isByte(second) && isByte(third)
    ? `rgb(${first} ${second} ${third})`
    : null;
}

function applyCode(style: TextStyle, code: number): TextStyle {
  if (code >= 30 && code <= 37) {
    return { ...style, fg: code - 30 };
  }
  if (code >= 90 && code <= 97) {
    return { ...style, fg: code - 82 };
  }
  if (code >= 40 && code <= 47) {
    return { ...style, bg: code - 40 };
  }
  if (code >= 100 && code <= 107) {
    return { ...style, bg: code - 92 };
  }
  const change = changes[code];
  return change === undefined ? style : { ...style, ...change };
}

const changes: Readonly<Record<number, Partial<TextStyle>>> = {
  0: plainStyle,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { fg: null },
  49: { bg: null },
  53: { overline: true },
  55: { overline: false },
};

function paletteColor(index: number | undefined): number | string | null {
  if (!isByte(index)) {
    return null;
  }
  if (index < 16) {
    return index;
  }
  if (index >= 232) {
    const level = 8 + (index - 232) * 10;
    return `rgb(${level} ${level} ${level})`;
  }
  const cube = index - 16;
  const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  return `rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})`;
}

function isByte(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 0 && value <= 255;
}
