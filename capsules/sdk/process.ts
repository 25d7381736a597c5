import * as host from 'astrid:process/host@1.0.0';
import { decodeText, encodeText } from './text.ts';

/** At most this much per read: enough for a full ring of the default size in a few calls. */
const READ_BYTES = 262_144;

const NEWLINE = 10;

export interface StartOptions {
  readonly args?: readonly string[];
  /** What listings show and `find` looks for. */
  readonly label?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Keep stdin open for `writeLine`. */
  readonly interactive?: boolean;
  readonly idleTimeoutMs?: number;
  readonly maxLifetimeMs?: number;
  readonly exitRetentionMs?: number;
}

/** What one read of a stream gave. */
export interface Output {
  readonly bytes: Uint8Array;
  /** Bytes that were overwritten before they could be read. */
  readonly dropped: number;
  /** True when the process has ended and this was the last of its output. */
  readonly ended: boolean;
}

/**
 * A persistent process, known by its id. It outlives the instance that started it, so guest memory is no place
 * to remember it: give it a label and `find` it again. Every method may throw a host failure, for example
 * `no-such-process` once the host has forgotten the process.
 */
export class Process {
  readonly id: string;
  readonly #cursors = new Map<host.LogStream, host.LogCursor>();
  /** The bytes after the last newline that `lines` has seen, by stream. */
  readonly #partial = new Map<host.LogStream, Uint8Array>();

  constructor(id: string) {
    this.id = id;
  }

  /** Starts `cmd`, which must be in the manifest's `host_process` exactly as written here. */
  static start(cmd: string, options: StartOptions = {}): Process {
    return new Process(
      host.spawnPersistent({
        cmd,
        args: options.args ?? [],
        env: Object.entries(options.env ?? {}).map(([key, value]) => ({ key, value })),
        cwd: options.cwd,
        label: options.label,
        keepStdinOpen: options.interactive,
        idleTimeoutMs: options.idleTimeoutMs,
        maxLifetimeMs: options.maxLifetimeMs,
        exitRetentionMs: options.exitRetentionMs,
      }),
    );
  }

  /** This capsule's processes whose label is exactly `label`, oldest first. */
  static find(label: string): host.ProcessInfo[] {
    return Process.list(label).filter((info) => info.label === label);
  }

  /** This capsule's processes whose label contains `part`, oldest first. */
  static list(part?: string): host.ProcessInfo[] {
    return host.listProcesses(part).sort((a, b) => b.ageMs - a.ageMs);
  }

  status(): host.ProcessInfo {
    return host.status(this.id);
  }

  /**
   * What the stream got since this object last read it, at first what the host has retained. Other readers are
   * not disturbed.
   */
  read(stream: host.LogStream = 'stdout'): Output {
    const chunk = host.readSince(this.id, stream, this.#cursors.get(stream) ?? {}, READ_BYTES);
    this.#cursors.set(stream, chunk.next);
    return { bytes: chunk.data, dropped: chunk.bytesDropped, ended: chunk.drainedEof };
  }

  /** Everything there is to read now, as complete lines; an unfinished one waits until it is finished. */
  lines(stream: host.LogStream = 'stdout'): string[] {
    const lines: string[] = [];
    for (;;) {
      const { bytes, ended } = this.read(stream);
      const known = concat(this.#partial.get(stream), bytes);
      const end = ended ? known.length : known.lastIndexOf(NEWLINE) + 1;
      this.#partial.set(stream, known.subarray(end));
      if (end > 0) lines.push(...splitLines(decodeText(known.subarray(0, end))));
      if (bytes.length === 0 || ended) return lines;
    }
  }

  /** Skips what there is to read now. */
  skip(stream: host.LogStream = 'stdout'): void {
    this.lines(stream);
    this.#partial.delete(stream);
  }

  /** Writes `text` and a newline to stdin. */
  writeLine(text: string): void {
    const bytes = encodeText(`${text}\n`);
    for (let at = 0; at < bytes.length;) at += host.writeStdin(this.id, bytes.subarray(at));
  }

  signal(name: host.ProcessSignal): void {
    host.signal(this.id, name);
  }

  /** Waits for the end; throws `wait-timeout` when it does not come in time. */
  wait(timeoutMs: number): host.ExitInfo {
    return host.wait(this.id, timeoutMs);
  }

  /** TERM, then after the grace KILL; the host forgets the process. */
  stop(graceMs?: number): host.ExitInfo {
    return host.stop(this.id, graceMs);
  }

  /** Makes the host forget a process that has ended. */
  release(): void {
    host.releaseProcess(this.id);
  }
}

function concat(first: Uint8Array | undefined, second: Uint8Array): Uint8Array {
  if (first === undefined || first.length === 0) return second;
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function splitLines(text: string): string[] {
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}
