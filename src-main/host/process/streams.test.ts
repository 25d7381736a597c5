import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../contract/kernel.ts';
import { startProbe } from '../testing.ts';

const { started } = await startProbe();

const MIB = 1_024 * 1_024;
const TOTAL = 8 * MIB;

/** What the guest says of the pump, see the README of `probe`. */
interface Pumped {
  readonly exit: { readonly exitCode: number };
  /** Bytes that were gone before any reader had read them. */
  readonly unseen: number;
  readonly readers: readonly { readonly bytes: number; readonly dropped: number; readonly wrong: number }[];
}

const pump = async (input: Uint8Array, readers: number, initialStdin: number): Promise<Pumped> => {
  const { data } = await started.kernel.invoke({
    capsule: 'probe',
    action: `pump:${readers}:${initialStdin}`,
    payload: input,
    principal: `p${readers}-${initialStdin}`,
  });
  return JSON.parse(data ?? 'null') as Pumped;
};

describe('8 MiB of random bytes through a child', { timeout: 120_000 }, () => {
  it.each([
    [1, 0],
    // Four times what the ring keeps, at once: the child has to wait for its reader.
    [1, 4 * MIB],
    [8, 0],
  ])('come back bit for bit to %d readers, %d bytes given at the start', async (readers, initialStdin) => {
    const input = randomBytes(TOTAL);
    const tail = tailPump(started.kernel, input);
    const pumped = await pump(input, readers, initialStdin);
    const whole = { bytes: TOTAL, dropped: 0, wrong: 0 };
    expect(pumped).toMatchObject({
      exit: { exitCode: 0 },
      readers: Array.from({ length: readers }, () => whole),
    });
    expectWhole(tail.finish());
  });

  it('let nobody lose a byte unreported when the furthest of 8 readers lets the child go on', async () => {
    const input = randomBytes(TOTAL);
    const tail = tailPump(started.kernel, input);
    const { readers, unseen } = await pump(input, 8, 4 * MIB);
    for (const { bytes, dropped, wrong } of readers) {
      expect({ sum: bytes + dropped, wrong }).toEqual({ sum: TOTAL, wrong: 0 });
    }
    expect(unseen).toBe(0);
    expectWhole(tail.finish());
  });
});

interface Tail {
  readonly bytes: number;
  readonly lost: number;
  readonly wrong: number;
  readonly pages: number;
  readonly end: boolean;
}

/** Everything that came was right, and what did not come was said to be lost; a window takes nothing from a guest. */
function expectWhole({ bytes, lost, wrong, pages, end }: Tail): void {
  expect({ sum: bytes + lost, wrong, end }).toEqual({ sum: TOTAL, wrong: 0, end: true });
  expect(pages).toBeGreaterThan(1);
}

/** Reads along as the window does: at every change of the process, from where it was, page by page. */
function tailPump(kernel: Kernel, input: Uint8Array): { readonly finish: () => Tail } {
  let tail: Tail = { bytes: 0, lost: 0, wrong: 0, pages: 0, end: false };
  let cursor = 0;
  let key = '';
  const readOn = (): void => {
    for (let more = true; more;) {
      const page = kernel.readLogs(key, 'stdout', cursor, MIB);
      cursor = page.next;
      more = page.bytes.length > 0;
      const same = Buffer.compare(page.bytes, input.subarray(page.start, page.next)) === 0;
      tail = {
        bytes: tail.bytes + page.bytes.length,
        lost: tail.lost + page.lost,
        wrong: tail.wrong + (same ? 0 : 1),
        pages: tail.pages + (more ? 1 : 0),
        end: page.end,
      };
    }
  };
  const known = new Set(kernel.processes().map((process) => process.key));
  const unsubscribe = kernel.subscribe((event) => {
    if (event.kind === 'process' && !known.has(event.process.key)) {
      ({ key } = event.process);
      readOn();
    }
  });
  return {
    finish: () => {
      unsubscribe();
      readOn();
      return tail;
    },
  };
}
