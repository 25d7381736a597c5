import { TypedError } from '../base/typed-error.ts';
import type { Envelope, RequestName, Requests } from '../contract/requests.ts';
import { envelope, type HostLog, type IpcErrorCode } from './envelope.ts';
import type { RequestBounds } from './request-bounds.ts';
import type { RequestHandlers } from './requests.ts';
import type { SenderEvent, TrustedSenders } from './trusted-senders.ts';
import { validators } from './validators.ts';
import type { WindowPort } from './window-port.ts';

export interface RequestEdge {
  readonly bounds: RequestBounds<SenderEvent['sender']>;
  readonly trusted: TrustedSenders;
  /** Settles when the kernel has started; a rejection is what every request then answers. */
  readonly handlers: Promise<RequestHandlers>;
  readonly log: HostLog;
}

/**
 * One request from a page: bounds, sender, argument, handler, envelope, in this order. Never rejects and never
 * stays silent, whoever asks. `portOf` is called only for a sender that is trusted.
 */
export function answerRequest<Name extends RequestName>(
  edge: RequestEdge,
  name: Name,
  event: SenderEvent,
  portOf: () => WindowPort,
  sent: readonly unknown[],
): Promise<Envelope<Requests[Name]['answer']>> {
  return envelope(name, edge.log, async () => {
    edge.bounds.charge(event.sender, sent);
    if (!edge.trusted.accepts(event)) {
      edge.log(`request ${name} refused: web contents ${event.sender.id} is not a page of this application`);
      throw new TypedError<IpcErrorCode>(
        'refused-sender',
        'Only the Capsule Desktop window may send this request.',
        'Close the page that sent it.',
      );
    }
    const argument = validArgument(name, sent);
    const handlers = await edge.handlers;
    return handlers[name](argument, portOf());
  });
}

/** The argument as a fresh object of known keys; the page's own object is not passed on. */
function validArgument<Name extends RequestName>(
  name: Name,
  sent: readonly unknown[],
): Requests[Name]['argument'] {
  const result = sent.length === 1 ? validators[name].safeParse(sent[0]) : null;
  if (result?.success === true) {
    return result.data;
  }
  const issue = result?.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the argument' : issue.path.join('.');
  throw new TypedError<IpcErrorCode>(
    'invalid-argument',
    `${name}: ${where} is not valid.`,
    'Correct the input. If you entered nothing, reload the window.',
  );
}
