import { OsError } from '../../os-error.ts';
import { checkSandboxSpec, isWithin } from '../spec/check.ts';
import type { SandboxSpec } from '../spec/spec.ts';
import { SEATBELT_HIDDEN_FOLDERS, SEATBELT_SYSTEM_FILES, SEATBELT_SYSTEM_FOLDERS } from './lists.ts';

/**
 * Throws `invalid-spawn` for what bubblewrap's check refuses, and for what macOS cannot hold to: a limit, an injected file
 * at another place than its own, a path with a control character, a folder around the system or around a hidden one.
 */
export function checkSeatbeltSpec(spec: SandboxSpec, temporary: string): void {
  const { workspace, readOnly = [], writable = [], injections = [], limits = {} } = spec;
  checkSandboxSpec({ ...spec, writable: [...writable, temporary] });
  const opened = [workspace, temporary, ...readOnly, ...writable];
  for (const path of [spec.command[0], ...opened, ...injections.map(({ source }) => source)]) {
    if (/\p{Cc}/u.test(path)) {
      throw refusal(`The path ${JSON.stringify(path)} contains a control character.`);
    }
  }
  for (const path of opened) {
    const covered = OWN_PLACES.find((own) => isWithin(own.toLowerCase(), path.toLowerCase()));
    if (covered !== undefined) {
      throw refusal(`The folder ${path} cannot be shared with a program: it is or contains ${covered}.`);
    }
  }
  const moved = injections.find(({ source, target }) => source !== target);
  if (moved !== undefined) {
    throw refusal(`On macOS a file cannot be mounted at another path (${moved.target}).`);
  }
  const limit = Object.entries(limits).find(([, value]) => value !== undefined);
  if (limit !== undefined) {
    throw refusal(`The limit ${limit[0]} cannot be enforced on macOS.`);
  }
}

/** Case is ignored, as the usual file system there does. */
const OWN_PLACES: readonly string[] = [
  ...SEATBELT_SYSTEM_FOLDERS,
  ...SEATBELT_HIDDEN_FOLDERS,
  ...SEATBELT_SYSTEM_FILES.filter((path) => path !== '/'),
];

function refusal(message: string): OsError {
  return new OsError('invalid-spawn', message, 'Nothing was started. Correct the request.');
}
