import { parentPort } from 'node:worker_threads';
import { createGuestEnd } from '../bridge/guest-end.ts';
import { createRealm } from './create-realm.ts';
import type { GuestMessage } from './protocol.ts';
import type { SupervisorMessage, ThreadStart } from './thread-protocol.ts';
import { refusalOf, type Guest } from './serve-wire.ts';

/** The entry of a guest's worker: loads the component in its realm, serves calls until it is ended. */
function main(): void {
  if (parentPort === null) {
    throw new Error('This file must run as a worker thread.');
  }
  const port = parentPort;
  const send = (message: GuestMessage): void => port.postMessage(message);
  let guest: Guest | undefined;

  const load = (start: ThreadStart): void => {
    try {
      guest = createRealm(start, createGuestEnd(start.questions, start.shared));
      send({ kind: 'started' });
    } catch (error) {
      // It is ended now, and gets no call.
      send({ kind: 'refused', message: refusalOf(error) });
    }
  };

  port.on('message', (message: SupervisorMessage) => {
    if (message.kind === 'start') {
      load(message.start);
    } else if (guest !== undefined) {
      const { id, export: name, frame } = message.call;
      send({ id, ...guest.call(name, frame) });
    }
  });
}

main();
