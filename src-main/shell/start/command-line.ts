import { resolve } from 'node:path';
import { MAX_HANDOVER_BYTES, MAX_OPERAND_CHARACTERS, MAX_TARGETS } from '../constants.ts';

/** Put on the command line by ourselves when what came was too long to hand over whole. */
const CUT_FLAG = '--more-was-given';
/** Nothing of any capsule is started. */
export const SAFE_MODE_FLAG = '--safe-mode';

/** What a start was asked to open, as it was written; paths may be relative to `folder`. */
export interface Handover {
  readonly folder: string;
  readonly operands: readonly string[];
  /** True when more was given than is listed here. */
  readonly cut: boolean;
}

/**
 * The operands of a command line: what is no flag, and after `--` everything. Chromium's flags carry their
 * values themselves (`--name=value`), so no operand belongs to a flag.
 *
 * @param argv as Node has it, the program first
 * @param appFolder the application's folder when it was started from source: Electron is given it as the
 *   first operand, which is not ours to open. Null for a packaged application.
 */
export function handoverOf(argv: readonly string[], folder: string, appFolder: string | null): Handover {
  const { flags, operands: all } = partsOf(argv);
  const own = all.findIndex((operand) => appFolder !== null && resolve(folder, operand) === appFolder);
  const given = all.filter((_operand, index) => index !== own);
  return boundedHandover(folder, given, flags.includes(CUT_FLAG));
}

/** What another start sent us: a stranger's word until it is looked at. Null when it is no hand-over. */
export function receivedHandover(data: unknown): Handover | null {
  if (typeof data !== 'object' || data === null) {
    return null;
  }
  const { folder, operands, cut } = data as { readonly [Key in keyof Handover]?: unknown };
  if (typeof folder !== 'string' || folder.length > MAX_OPERAND_CHARACTERS || !Array.isArray(operands)) {
    return null;
  }
  const strings = operands.filter((operand: unknown) => typeof operand === 'string');
  return boundedHandover(folder, strings, cut === true || strings.length < operands.length);
}

/**
 * A shorter command line (without the program) for a start whose own is too long to be handed over, or null
 * when it is not. As many operands as fit stay; that others were given is said by a flag.
 */
export function shorterCommandLine(
  argv: readonly string[],
  handover: Handover,
  appFolder: string | null,
): readonly string[] | null {
  if (handoverBytes(argv, handover) <= MAX_HANDOVER_BYTES) {
    return null;
  }
  const flags = partsOf(argv).flags.filter((flag) => flag !== CUT_FLAG);
  const base = (keptFlags: readonly string[]): string[] => [
    ...keptFlags,
    CUT_FLAG,
    ...(appFolder === null ? [] : [appFolder]),
    '--',
  ];
  const fits = (line: readonly string[], operands: readonly string[]): boolean =>
    // The program's own path comes on top, which `argv` knows.
    handoverBytes([argv[0] ?? '', ...line, ...operands], { ...handover, operands }) <= MAX_HANDOVER_BYTES;
  const start = fits(base(flags), []) ? base(flags) : base([]);
  const kept: string[] = [];
  for (const operand of handover.operands) {
    if (!fits(start, [...kept, operand])) {
      break;
    }
    kept.push(operand);
  }
  return [...start, ...kept];
}

/** One hand-over of what two asked for, in their order and within the bounds of one. */
export function joinedHandover(earlier: Handover | null, later: Handover): Handover {
  return earlier === null
    ? later
    : boundedHandover(later.folder, [...earlier.operands, ...later.operands], earlier.cut || later.cut);
}

/**
 * The command line (without the program) of a start that has our flags and opens what was handed over, with no
 * more of it than could be handed over again.
 *
 * @param leftOut a flag of ours that it does not have
 */
export function restartLine(
  argv: readonly string[],
  handover: Handover,
  appFolder: string | null,
  leftOut?: typeof SAFE_MODE_FLAG,
): readonly string[] {
  const line = [
    ...partsOf(argv).flags.filter((flag) => flag !== CUT_FLAG && flag !== leftOut),
    ...(handover.cut ? [CUT_FLAG] : []),
    ...(appFolder === null ? [] : [appFolder]),
    '--',
    ...handover.operands,
  ];
  return shorterCommandLine([argv[0] ?? '', ...line], handover, appFolder) ?? line;
}

/** What a person asks of the program itself, instead of its window. */
export function askedInstead(argv: readonly string[]): 'version' | 'help' | null {
  const { flags } = partsOf(argv);
  if (flags.includes('--help') || flags.includes('-h')) {
    return 'help';
  }
  return flags.includes('--version') ? 'version' : null;
}

/** Whether a start is to be in safe mode whatever the last ones were like. */
export function requestsSafeMode(argv: readonly string[]): boolean {
  return partsOf(argv).flags.includes(SAFE_MODE_FLAG);
}

function partsOf(argv: readonly string[]): { readonly flags: string[]; readonly operands: string[] } {
  const given = argv.slice(1);
  const end = given.indexOf('--');
  const before = end === -1 ? given : given.slice(0, end);
  const after = end === -1 ? [] : given.slice(end + 1);
  const isFlag = (argument: string): boolean => argument.startsWith('-');
  return {
    flags: before.filter(isFlag),
    operands: [...before.filter((argument) => argument !== '' && !isFlag(argument)), ...after],
  };
}

/** One character more than allowed stays, so that what is too long still is when it is looked at. */
function boundedHandover(folder: string, operands: readonly string[], cut: boolean): Handover {
  return {
    folder,
    operands: operands.slice(0, MAX_TARGETS).map((operand) => operand.slice(0, MAX_OPERAND_CHARACTERS + 1)),
    cut: cut || operands.length > MAX_TARGETS,
  };
}

/** An upper bound: Chromium sends the command line as UTF-8 and the list with up to two bytes a character. */
function handoverBytes(argv: readonly string[], { folder, operands }: Handover): number {
  const line = [...argv, folder].reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
  const list = [...operands, folder].reduce((sum, text) => sum + 2 * text.length + 16, 0);
  return line + list;
}
