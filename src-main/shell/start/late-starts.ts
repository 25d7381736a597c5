import { app } from 'electron';
import { joinedHandover, restartLine, SAFE_MODE_FLAG, type Handover } from './command-line.ts';
import { startedProgram } from './desktop-entry.ts';
import { wholeOperand } from './open-targets.ts';

/**
 * Starts that reach an application which has begun to end. It will show nothing any more, and they have ended
 * believing that it would: it is started again once for all of them when it is gone. So it is when a person asks for it.
 */
export class LateStarts {
  readonly #appFolder: string | null;
  #ending = false;
  #kept: Handover | null = null;
  #normally = false;

  /** @param appFolder as for `handoverOf` */
  constructor(appFolder: string | null) {
    this.#appFolder = appFolder;
  }

  /** Call when the ending begins; from then on hand-overs are kept. */
  begin(): void {
    this.#ending = true;
    // The last moment of all: whoever comes while windows close is heard as well.
    app.once('quit', () => this.#startAgain());
  }

  /** Quits in order, and starts again without `--safe-mode`. */
  restartNormally(): void {
    this.#normally = true;
    app.quit();
  }

  /**
   * False when the application does not end and shows what is opened itself.
   *
   * @param other null for a start that did not say what to open
   */
  keep(other: Handover | null): boolean {
    if (!this.#ending) {
      return false;
    }
    const { folder, operands, cut } = other ?? { folder: '', operands: [], cut: false };
    // The next start has our folder and not theirs.
    const whole = operands.map((operand) => wholeOperand(operand, folder, process.platform));
    this.#kept = joinedHandover(this.#kept, { folder: process.cwd(), operands: whole, cut });
    return true;
  }

  #startAgain(): void {
    if (this.#kept !== null || this.#normally) {
      const kept = this.#kept ?? { folder: process.cwd(), operands: [], cut: false };
      const leftOut = this.#normally ? SAFE_MODE_FLAG : undefined;
      const args = restartLine(process.argv, kept, this.#appFolder, leftOut);
      app.relaunch({ execPath: startedProgram(process.execPath, process.env), args: [...args] });
    }
  }
}
