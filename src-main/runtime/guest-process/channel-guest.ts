import type { GuestCall } from '../../guest/protocol.ts';
import { CALL, CALL_HEAD_BYTES, wireMessage } from '../../guest/wire.ts';
import type { GuestChannel } from './guest-channel.ts';
import { GuestInbox } from './guest-inbox.ts';
import type { GuestHandlers, GuestProcess } from './guest-process.ts';

/** A guest in a process of its own that is being started. One that breaks the rules of its messages is ended. */
export function startGuest(
  starting: Promise<GuestChannel>,
  { onMessage, respond, onGone }: GuestHandlers,
): GuestProcess {
  let killed = false;
  let violation: string | undefined;
  const whenStarted = (use: (channel: GuestChannel) => void): void => {
    // What cannot be handed over is for one that has ended, and its end is told.
    starting.then(use).catch(() => undefined);
  };
  const inbox = new GuestInbox({
    onMessage,
    onRequest(frame) {
      void respond(frame).then((answer) => {
        inbox.answered();
        whenStarted((channel) => channel.respond(answer));
      });
    },
    onViolation: (why) => violate(why),
  });
  const violate = (why: string): void => {
    if (violation === undefined) {
      violation = why;
      void kill();
    }
  };

  const gone = (async () => {
    try {
      const channel = await starting;
      if (killed) {
        channel.kill();
      }
      const why = await channel.read((bytes) => inbox.accept(bytes), violate);
      const broken = `The guest sent a message that cannot be read: ${String(violation)}.`;
      onGone(violation === undefined ? why : { kind: 'trapped', message: broken });
    } catch (error) {
      onGone({ kind: 'trapped', message: error instanceof Error ? error.message : String(error) });
    }
  })();
  const kill = async (): Promise<void> => {
    killed = true;
    const channel = await starting.catch(() => undefined);
    channel?.kill();
    await gone;
  };

  return {
    begin: (start) => whenStarted((channel) => channel.begin(start)),
    call(call) {
      inbox.called(call.id);
      whenStarted((channel) => channel.send(callMessage(call)));
    },
    kill,
  };
}

function callMessage({ id, export: name, frame }: GuestCall): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(CALL_HEAD_BYTES);
  head.writeUInt32LE(id, 0);
  head.writeUInt8(name.length, 4);
  return wireMessage(CALL, head, Buffer.from(name, 'latin1'), frame);
}
