import { actions } from '../sdk/actions.ts';
import type { Payload } from '../sdk/payload.ts';
import { Process } from '../sdk/process.ts';
import { config, now, sleep, uniqueName } from '../sdk/sys.ts';
import { interpreterNamed, type Interpreter } from './interpreters.ts';

/** How an open interpreter is found again: each action may run in a new instance. */
const LABEL = 'repl';

const DEFAULT_TIMEOUT_MS = 10_000;

/** Between two looks for the answer: short first, as most answers come at once. */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/**
 * `open` starts the configured interpreter unless one is open, `send` `{ line, timeoutMs? }` gives it a line
 * (or several) and answers `{ stdout, stderr }`, `close` ends it.
 */
export const astridHookTrigger = actions({ open, send, close });

function open(): object {
  const interpreter = configured();
  const process =
    current() ?? Process.start(interpreter.cmd, { args: interpreter.args, label: LABEL, interactive: true });
  return { interpreter: interpreter.cmd, pid: process.status().osPid };
}

function send(payload: Payload): object {
  const process = current();
  if (process === undefined) throw new Error('no interpreter is open: call "open" first');
  const deadline = now() + (payload.number('timeoutMs') ?? DEFAULT_TIMEOUT_MS);
  const marker = `end-${uniqueName()}`;
  // What came before, for example from a job in the background, belongs to no answer.
  process.skip('stdout');
  process.skip('stderr');
  // In one piece: a line that ends the interpreter must not leave the marker without a reader.
  process.writeLine(`${payload.needText('line')}\n${configured().mark(marker)}`);
  return {
    stdout: linesUntil(process, 'stdout', marker, deadline),
    stderr: linesUntil(process, 'stderr', marker, deadline),
  };
}

function close(): object {
  const process = current();
  return process === undefined ? { closed: false } : { closed: true, exit: process.stop() };
}

/** The lines of one stream before the marker, which may follow text without a newline. */
function linesUntil(
  process: Process,
  stream: 'stdout' | 'stderr',
  marker: string,
  deadline: number,
): readonly string[] {
  const { clean } = configured();
  const lines: string[] = [];
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    for (const line of process.lines(stream)) {
      const end = line.indexOf(marker);
      const text = clean(end < 0 ? line : line.slice(0, end));
      if (end < 0 || text !== '') lines.push(text);
      if (end >= 0) return lines;
    }
    if (process.status().phase === 'exited') throw new Error(`the interpreter exited: ${lines.join('\n')}`);
    if (now() > deadline) throw new Error(`timed out; output so far: ${lines.join('\n')}`);
    sleep(pause);
  }
}

function current(): Process | undefined {
  const info = Process.find(LABEL).find(({ phase }) => phase !== 'exited');
  return info === undefined ? undefined : new Process(info.id);
}

function configured(): Interpreter {
  return interpreterNamed(config('interpreter') ?? 'sh');
}
