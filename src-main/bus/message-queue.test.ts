import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from './message.ts';
import { MessageQueue, type QueueLimits } from './message-queue.ts';

function message(sequence: number, principal: string | null = 'ann', payload = '1'): Message {
  return { topic: 'a.b', payload, sourceId: '', principal, sequence };
}

/** Takes everything, a receive at a time. */
function drain(queue: MessageQueue): { readonly sequences: number[]; dropped: number; lagged: number } {
  const total = { sequences: [] as number[], dropped: 0, lagged: 0 };
  do {
    const { messages, dropped, lagged } = queue.take();
    total.sequences.push(...messages.map(({ sequence }) => sequence));
    total.dropped += dropped;
    total.lagged += lagged;
  } while (queue.length > 0);
  return total;
}

describe('a queue of messages', () => {
  it('gives what came, oldest first, and is empty then', () => {
    const queue = new MessageQueue();
    expect(queue.take()).toEqual({ messages: [], dropped: 0, lagged: 0 });
    queue.push(message(1, 'ann'));
    queue.push(message(2, 'bob'));
    queue.push(message(3, 'ann'));
    expect(queue.take().messages.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect([queue.length, queue.bytes]).toEqual([0, 0]);
  });

  it('serves principals in turn, so that a flood of one does not keep the other waiting', () => {
    const queue = new MessageQueue({ perReceive: 4 });
    for (let sequence = 1; sequence <= 100; sequence += 1) {
      queue.push(message(sequence, 'flood'));
    }
    queue.push(message(101, 'calm'));
    queue.push(message(102, null));
    expect(queue.take().messages.map(({ sequence }) => sequence)).toEqual([1, 2, 101, 102]);
    expect(queue.take().messages.map(({ sequence }) => sequence)).toEqual([3, 4, 5, 6]);
  });

  it('counts bytes of topic and payload in UTF-8', () => {
    const queue = new MessageQueue();
    queue.push(message(1, 'ann', '"é"'));
    expect(queue.bytes).toBe(3 + 4);
  });

  it('drops the oldest, whosever it is, to stay within its bytes, and says how many once', () => {
    const queue = new MessageQueue({ bytes: 12 });
    for (const [sequence, principal] of [
      [1, 'ann'],
      [2, 'bob'],
      [3, 'bob'],
      [4, 'ann'],
      [5, 'bob'],
    ] as const) {
      queue.push(message(sequence, principal));
    }
    expect(queue.bytes).toBe(12);
    expect(queue.take()).toMatchObject({
      messages: [{ sequence: 3 }, { sequence: 4 }, { sequence: 5 }],
      dropped: 2,
    });
    expect(queue.take()).toEqual({ messages: [], dropped: 0, lagged: 0 });
  });

  it('loses a message that is larger than all of it, and nothing else', () => {
    const queue = new MessageQueue();
    queue.push(message(1));
    queue.push(message(2, 'ann', 'x'.repeat(1_048_576)));
    expect(drain(queue)).toEqual({ sequences: [1], dropped: 1, lagged: 0 });
    queue.push(message(3, 'ann', 'x'.repeat(1_048_573)));
    expect(drain(queue)).toEqual({ sequences: [3], dropped: 0, lagged: 0 });
  });

  it('keeps 16,384 messages of one principal and counts the others as lagged', () => {
    const queue = new MessageQueue();
    for (let sequence = 1; sequence <= 16_400; sequence += 1) {
      queue.push(message(sequence));
    }
    const { sequences, dropped, lagged } = drain(queue);
    expect([sequences[0], sequences.length, dropped, lagged]).toEqual([17, 16_384, 0, 16]);
  });
});

describe('whatever is put in and taken out', () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ by: fc.constantFrom('ann', 'bob', null), size: fc.nat(30) }) },
      { weight: 1, arbitrary: fc.constant('take' as const) },
    ),
    { maxLength: 200 },
  );
  const limits: QueueLimits = { bytes: 60, perPrincipal: 5, perReceive: 3 };

  it('each message comes out once or is counted as lost once, and each principal’s in order', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const queue = new MessageQueue(limits);
        const out: Message[] = [];
        let pushed = 0;
        let lost = 0;
        const receive = (): void => {
          const { messages, dropped, lagged } = queue.take();
          const sequences = messages.map(({ sequence }) => sequence);
          expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
          expect(messages.length).toBeLessThanOrEqual(limits.perReceive);
          out.push(...messages);
          lost += dropped + lagged;
        };
        for (const step of taken) {
          if (step === 'take') {
            receive();
          } else {
            pushed += 1;
            queue.push(message(pushed, step.by, 'x'.repeat(step.size)));
          }
          expect(queue.bytes).toBeLessThanOrEqual(limits.bytes);
        }
        do {
          receive();
        } while (queue.length > 0);
        expect(out.length + lost).toBe(pushed);
        expect(new Set(out.map(({ sequence }) => sequence)).size).toBe(out.length);
        for (const by of ['ann', 'bob', null]) {
          const own = out.filter(({ principal }) => principal === by).map(({ sequence }) => sequence);
          expect(own).toEqual([...own].sort((a, b) => a - b));
        }
        expect(queue.bytes).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
