/** What an SGR escape (`ESC [ … m`) can say about text. A colour is 0–15 by number, or a CSS colour for the rest. */
export interface TextStyle {
  readonly fg: number | string | null;
  readonly bg: number | string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
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
  inverse: false,
};

/**
 * The style after one SGR sequence; `parameters` is the text between `ESC [` and `m` (ECMA-48 8.3.117 and xterm's
 * 256 and true colours, with `;` or `:`). Unknown numbers change nothing.
 */
export function applySgr(style: TextStyle, parameters: string): TextStyle {
  const codes =
    parameters === '' ? [0] : parameters.split(/[;:]/u).map((part) => (part === '' ? 0 : Number(part)));
  let next = style;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const [color, used] = extendedColor(codes, index + 1);
      next = code === 38 ? { ...next, fg: color ?? next.fg } : { ...next, bg: color ?? next.bg };
      index += used;
    } else {
      next = applyCode(next, code);
    }
  }
  return next;
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
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { fg: null },
  49: { bg: null },
};

/** The colour that starts at `at` and how many numbers it took; null when it is cut short or out of range. */
function extendedColor(codes: readonly number[], at: number): readonly [number | string | null, number] {
  if (codes[at] === 5) {
    return [paletteColor(codes[at + 1]), 2];
  }
  if (codes[at] === 2) {
    const [red, green, blue] = [codes[at + 1], codes[at + 2], codes[at + 3]];
    return isByte(red) && isByte(green) && isByte(blue) ? [`rgb(${red} ${green} ${blue})`, 4] : [null, 4];
  }
  return [null, 1];
}

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
