/** A failure that a person can act on: `command` is what to type next. */
export class StepError extends Error {
  /**
   * @param {string} message what happened
   * @param {string} [command] the one command that helps
   * @param {string} [output] what the failed command printed
   */
  constructor(message, command, output) {
    super(message);
    this.command = command;
    this.output = output;
  }
}

/** What a person waits without wondering, and a build server's log without growing long. */
const STEP_TAKES_LONG_MS = 2_000;
const STEP_REPEATED_MS = 30_000;

/** On a person's terminal a running step is shown and then overwritten; a log file gets finished lines only. */
const plain = process.env['CI'] === 'true' || !process.stdout.isTTY;

/**
 * @typedef {object} StepOutcome
 * @property {boolean} [worked] false or absent: there was nothing to do
 * @property {string} [note] what is worth knowing about the result
 */

/**
 * The printer of preparation: one line per step. A quiet one prints nothing unless a step had work to do, and
 * then on stderr, so that stdout stays the program's own.
 *
 * @param {{quiet?: boolean, out?: {write: (text: string) => unknown}, overwrites?: boolean}} [options] `overwrites`: a line can be
 *   written over, as on a terminal; elsewhere a step that takes long says that it is under way
 */
export function createLog({
  quiet = false,
  out = quiet ? process.stderr : process.stdout,
  overwrites = !plain,
} = {}) {
  return {
    quiet,
    /**
     * @param {string} title
     * @param {() => Promise<StepOutcome | void> | StepOutcome | void} work
     */
    async step(title, work) {
      const started = performance.now();
      if (overwrites && !quiet) {
        out.write(`…    ${title}\r`);
      }
      const stopTelling = overwrites && !quiet ? () => undefined : tellWhileItTakes(out, title, started);
      try {
        const outcome = (await work()) ?? {};
        stopTelling();
        if (!quiet || outcome.worked) {
          const line = [
            outcome.worked ? 'done' : 'ok  ',
            ' ',
            title,
            outcome.note ? ` (${outcome.note})` : '',
          ];
          out.write(`${line.join('')}  ${seconds(performance.now() - started)}\n`);
        }
      } catch (error) {
        stopTelling();
        process.stderr.write(`FAIL ${title}  ${seconds(performance.now() - started)}\n${explain(error)}\n`);
        throw error instanceof StepError ? error : new StepError(String(error));
      }
    },
    /** @param {string} text a plain notice on a line of its own */
    notice(text) {
      out.write(`note ${text}\n`);
    },
  };
}

/**
 * Says after two seconds, and then every half minute, what is under way.
 *
 * @param {{write: (text: string) => unknown}} out
 * @param {string} title
 * @param {number} started
 * @returns {() => void} ends it
 */
function tellWhileItTakes(out, title, started) {
  const tell = () => out.write(`…    ${title}  ${seconds(performance.now() - started)}\n`);
  /** @type {NodeJS.Timeout | undefined} */
  let repeated;
  const first = setTimeout(() => {
    tell();
    repeated = setInterval(tell, STEP_REPEATED_MS);
  }, STEP_TAKES_LONG_MS);
  return () => {
    clearTimeout(first);
    clearInterval(repeated);
  };
}

/** @typedef {ReturnType<typeof createLog>} Log */

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function explain(/** @type {unknown} */ error) {
  if (!(error instanceof StepError)) {
    return error instanceof Error ? String(error.stack) : String(error);
  }
  const lines = [error.output?.trimEnd(), error.message, error.command && `type:  ${error.command}`];
  return lines.filter(Boolean).join('\n');
}
