import { terminalJson, terminalText } from './capsules/words/terminal-text.ts';
import { commandLine } from './cli/command-line.ts';
import { STATUS_ERROR, STATUS_OF_SIGNAL } from './cli/constants.ts';
import { packageVersion } from './cli/package-root.ts';
import type { StartKernel } from './cli/temporary-kernel.ts';

// Headless entry, under plain Node. A first Ctrl-C ends the work in order, a second one at once.
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) {
      process.exit(STATUS_OF_SIGNAL[signal]);
    }
    interruption.abort(signal);
  });
}

// A terminal would act on what programs and manifests wrote; what reads a pipe gets it as it is.
const tell = (line: string): void =>
  void process.stderr.write(`${process.stderr.isTTY ? terminalText(line) : line}\n`);

// A result that nobody got is an error of ours; unheard, it would end the program with the status of a refusal.
let undelivered = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  undelivered = true;
  process.exitCode = STATUS_ERROR;
  // A reader that has enough, as `head` has, needs no words.
  if (error.code !== 'EPIPE') {
    tell(`error: Could not write the result: ${error.message}`);
  }
});
// Nobody is left to be told, and the status says it too.
process.stderr.on('error', () => undefined);

/** Loaded when a name needs it: `build` and `--help` do without. */
const start: StartKernel = async (dataDir) => {
  const { createKernel } = await import('./kernel/kernel.ts');
  return createKernel({
    dataDir,
    version: packageVersion(),
    electronVersion: null,
    bundled: [],
    guests: 'processes',
    log: tell,
  });
};

const status = await commandLine(process.argv.slice(2), {
  start,
  signal: interruption.signal,
  tell,
  print: (line) => void process.stdout.write(`${process.stdout.isTTY ? terminalJson(line) : line}\n`),
});
process.exitCode = undelivered ? STATUS_ERROR : status;
