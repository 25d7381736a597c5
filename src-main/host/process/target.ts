import { cutText } from '../../policy/audit-text.ts';
import { isTooLarge, type FileInjection } from '../../policy/file-injections.ts';
import { hashOf } from '../../os/files/injected-files.ts';
import type { SpawnRequest } from './request.ts';

/** Bytes of the parts of a spawn's target, so that each is told within the 1,024 of a record's text. */
const COMMAND_BYTES = 480;
const FOLDER_BYTES = 96;
const INJECTION_BYTES = 300;

/**
 * A spawn as the audit names it: the command line as JSON, the folder, and each injected file's place with the
 * BLAKE3 of its content. Never a variable, an input or a content. Where more files are injected than can be
 * listed, one hash over the whole list stands for them.
 */
export function spawnTarget(request: SpawnRequest): string {
  const { cmd, args, cwd } = request;
  const command = cutText(JSON.stringify([cmd, ...args]), COMMAND_BYTES);
  const folder = cutText(cwd ?? '.', FOLDER_BYTES);
  const injections = 'fileInjections' in request ? request.fileInjections : [];
  return `${command} in ${folder}${injections.length === 0 ? '' : ` with ${listed(injections)}`}`;
}

function listed(injections: readonly FileInjection[]): string {
  if (isTooLarge(injections)) {
    // Refused for it, and not worth the time to hash.
    const bytes = injections.reduce((sum, { content }) => sum + content.length, 0);
    return `${String(injections.length)} files of ${String(bytes)} bytes`;
  }
  const all = injections.map(({ placement: { tag, val }, content }) => {
    const place = `${tag === 'env-pointer' ? 'env' : 'path'}:${val}`;
    return `${cutText(place, FOLDER_BYTES)}=${hashOf(content)}`;
  });
  const whole = all.join(' ');
  if (Buffer.byteLength(whole) <= INJECTION_BYTES) {
    return whole;
  }
  const first = all[0] ?? '';
  return `${first} and ${String(all.length - 1)} more, all=${hashOf(Buffer.from(whole))}`;
}
