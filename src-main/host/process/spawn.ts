import { cutText } from '../../policy/audit-text.ts';
import type { FileInjection } from '../../policy/file-injections.ts';
import { blake3Hex } from '../../os/files/injected-files.ts';
import { readSpawnRequest, type CheckedRequest, type SpawnRequest } from './request.ts';

/** Bytes of the parts of a spawn's target, so that each is told within the 1,024 of a record's text. */
const COMMAND_BYTES = 480;
const FOLDER_BYTES = 96;
const INJECTION_BYTES = 300;
/** Of more files, all refused, the bytes are not counted: half a million of them took 10 ms of everybody's time. */
const MAX_WEIGHED_FILES = 4_096;

/** Only a sandbox with mounts of its own can show a file elsewhere than where it lies. */
export const HAS_MOUNTS = process.platform === 'linux';

/** One start that a guest asks for, from its request to the process: what the spawn functions act on. */
export class Spawn {
  readonly request: SpawnRequest;
  readonly principal: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #checked: CheckedRequest | undefined;
  #hashes: readonly string[] | undefined;
  /** The key of the process, once there is one. */
  key: string | undefined;

  constructor(
    request: SpawnRequest,
    principal: string,
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.request = request;
    this.principal = principal;
    this.#environment = environment;
  }

  /** The request, read once. Throws `WitError` with the contract's case for whatever is wrong with it. */
  get checked(): CheckedRequest {
    this.#checked ??= readSpawnRequest(this.request, {
      environment: this.#environment,
      fixedPaths: HAS_MOUNTS,
    });
    return this.#checked;
  }

  /** What the audit is to say of the injected files: the BLAKE3 of each, in their order. */
  hashed(hashes: readonly string[]): void {
    this.#hashes = hashes;
  }

  /**
   * The start as the audit names it: the command line as JSON, the folder, each injected file's place with the BLAKE3 of its
   * content, and the key of what runs. Never a variable, an input or a content. Of a start that was refused before its files
   * were read their number and bytes are told, of very many their number only; where more are injected than can be listed, one hash over the whole list stands
   * for them.
   */
  get target(): string {
    const { cwd } = this.request;
    const command = commandLine(this.request);
    const folder = cutText(cwd ?? '.', FOLDER_BYTES);
    const injections = 'fileInjections' in this.request ? this.request.fileInjections : [];
    const files = injections.length === 0 ? '' : ` with ${listed(injections, this.#hashes)}`;
    return `${command} in ${folder}${files}${this.key === undefined ? '' : ` as ${this.key}`}`;
  }
}

/** As JSON, cut. Only so much is looked at as the record can hold: a guest's list may have a million words. */
function commandLine({ cmd, args }: SpawnRequest): string {
  const words: string[] = [];
  let size = 0;
  for (let index = -1; index < args.length && size <= COMMAND_BYTES; index += 1) {
    const word = index < 0 ? cmd : (args[index] ?? '');
    words.push(word.slice(0, COMMAND_BYTES));
    // Each has two quotes; more than fits is cut off, with a mark.
    size += word.length + 2;
  }
  return cutText(JSON.stringify(words), COMMAND_BYTES);
}

function listed(injections: readonly FileInjection[], hashes: readonly string[] | undefined): string {
  if (injections.length > MAX_WEIGHED_FILES) {
    return `${String(injections.length)} files`;
  }
  if (hashes === undefined) {
    const bytes = injections.reduce((sum, { content }) => sum + content.length, 0);
    return `${String(injections.length)} files of ${String(bytes)} bytes`;
  }
  const all = injections.map(({ placement: { tag, val } }, index) => {
    const place = `${tag === 'env-pointer' ? 'env' : 'path'}:${val}`;
    return `${cutText(place, FOLDER_BYTES)}=${hashes[index] ?? ''}`;
  });
  const whole = all.join(' ');
  if (Buffer.byteLength(whole) <= INJECTION_BYTES) {
    return whole;
  }
  const first = all[0] ?? '';
  return `${first} and ${String(all.length - 1)} more, all=${blake3Hex(Buffer.from(whole))}`;
}
