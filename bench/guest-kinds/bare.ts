/**
 * What both references speak: messages of bytes over the ways that the guests of this kind have, with nothing of ours in
 * between. A command has eight bytes: how many messages the other end sends, each after the answer to the one before (u32),
 * and their size (u32). Everything else is answered with one byte.
 */
export const COMMAND_BYTES = 8;

/** What the application has of a bare process. */
export interface BarePeer {
  /** Sends one message. One that sleeps until then gets it as its answer. */
  readonly post: (message: Uint8Array<ArrayBuffer>) => void;
  readonly answer: (message: Uint8Array<ArrayBuffer>) => void;
  /** Calls for each message that has come as a whole. The last one counts. */
  readonly listen: (onMessage: () => void) => void;
  readonly close: () => void;
}

/** It asks and waits, as a guest does. @returns milliseconds from each request to the next */
export function timesBetweenRequests(
  peer: BarePeer,
  count: number,
  requestBytes: number,
  answerBytes: number,
): Promise<readonly number[]> {
  const asked: number[] = [];
  const answer = new Uint8Array(answerBytes);
  return new Promise((resolve) => {
    peer.listen(() => {
      asked.push(performance.now());
      peer.answer(answer);
      if (asked.length === count) {
        resolve(intervals(asked));
      }
    });
    const command = new DataView(new ArrayBuffer(COMMAND_BYTES));
    command.setUint32(0, count, true);
    command.setUint32(4, requestBytes, true);
    peer.post(new Uint8Array(command.buffer));
  });
}

/** It does not sleep: a plain copy there, and a byte back. @returns milliseconds from each message to the next */
export function timesOfCopies(peer: BarePeer, count: number, bytes: number): Promise<readonly number[]> {
  const sent: number[] = [];
  const message = new Uint8Array(bytes);
  const send = (): void => {
    sent.push(performance.now());
    peer.post(message);
  };
  return new Promise((resolve) => {
    peer.listen(() => (sent.length <= count ? send() : resolve(intervals(sent))));
    send();
  });
}

export function intervals(moments: readonly number[]): readonly number[] {
  return moments.slice(1).map((moment, index) => moment - (moments[index] ?? moment));
}
