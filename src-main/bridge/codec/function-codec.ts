import type { Outcome } from '../../base/outcome.ts';
import type { FunctionType, ValueType } from '../../base/value-type.ts';
import { FrameError } from './frame-error.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import { HOST_FRAME, type FrameLimits } from './limits.ts';
import type { ValueCodec } from './primitives.ts';
import type { ValueCodecs } from './value-codec.ts';

const OK = 0;
const ERR = 1;
const TRAP = 2;

/** Writes and reads the parameters and the outcome of one function. */
export class FunctionCodec {
  readonly #params: readonly ValueCodec[];
  readonly #ok: ValueCodec | null;
  /** Undefined for a function that cannot fail. */
  readonly #err: ValueCodec | null | undefined;

  constructor({ params, result }: FunctionType, codecs: ValueCodecs) {
    const codecOf = (type: ValueType | null): ValueCodec | null => (type === null ? null : codecs.of(type));
    this.#params = params.map(({ type }) => codecs.of(type));
    const fallible =
      result !== null && typeof result === 'object' && result.kind === 'result' ? result : null;
    this.#ok = codecOf(fallible === null ? result : fallible.ok);
    this.#err = fallible === null ? undefined : codecOf(fallible.err);
  }

  /** Throws `FrameError`. */
  writeParams(to: FrameWriter, args: readonly unknown[]): void {
    for (const [index, codec] of this.#params.entries()) {
      codec.write(to, args[index]);
    }
  }

  /** Reads them up to the end of the message. Throws `FrameError`. */
  readParams(from: FrameReader): readonly unknown[] {
    const args = this.#params.map((codec) => codec.read(from));
    from.end();
    return args;
  }

  /** Throws `FrameError` for a value that is not of the function's type. */
  writeOutcome(outcome: Outcome, limits: FrameLimits): Uint8Array<ArrayBuffer> {
    const to = new FrameWriter(limits);
    switch (outcome.tag) {
      case 'ok':
        to.u8(OK);
        this.#ok?.write(to, outcome.value);
        break;
      case 'err':
        if (this.#err === undefined) {
          throw new FrameError('the function has no error of its own');
        }
        to.u8(ERR);
        this.#err?.write(to, outcome.value);
        break;
      case 'trap':
        writeTrap(to, outcome.message);
    }
    return to.finish();
  }

  /** Throws `FrameError`. */
  readOutcome(frame: Uint8Array, limits: FrameLimits): Outcome {
    const from = new FrameReader(frame, limits);
    const outcome = this.#outcome(from);
    from.end();
    return outcome;
  }

  #outcome(from: FrameReader): Outcome {
    const tag = from.u8();
    if (tag === OK) {
      return { tag: 'ok', value: this.#ok?.read(from) };
    }
    if (tag === ERR && this.#err !== undefined) {
      return { tag: 'err', value: this.#err?.read(from) };
    }
    if (tag === TRAP) {
      return { tag: 'trap', message: from.string() };
    }
    throw new FrameError('the message is no outcome of the function');
  }
}

/** A trap, which every function can come to. */
export function trapFrame(message: string): Uint8Array<ArrayBuffer> {
  const to = new FrameWriter(HOST_FRAME);
  writeTrap(to, message);
  return to.finish();
}

function writeTrap(to: FrameWriter, message: string): void {
  to.u8(TRAP);
  to.string(message);
}
