import { FrameError } from '../../bridge/codec/frame-error.ts';
import { readTranspileReply } from './transpile-wire.ts';
import type { TranspiledComponent } from './transpile.ts';
import { unusable } from './transpiler.ts';

/**
 * The component in what a transpiler answered, which that one may have taken over.
 *
 * @throws RuntimeError `component-unusable`
 */
export function transpiledIn(bytes: Buffer, imports: readonly string[]): TranspiledComponent {
  try {
    const reply = readTranspileReply(bytes, imports);
    if (!reply.ok) {
      throw unusable(reply.message);
    }
    return reply.result;
  } catch (error) {
    throw error instanceof FrameError
      ? unusable(`what came out of it cannot be read: ${error.message}`)
      : error;
  }
}
