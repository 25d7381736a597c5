import type { MessagePortMain } from 'electron';
import { GUEST_PAGE_START_MS } from '../constants.ts';

/** Its clock is set by the quickest of these: half of a round trip is what it can be wrong by, some 0.1 ms. */
const LOOKS = 3;

/**
 * Waits until a page's worker waits for messages, and asks it for its time. No component has come there yet.
 *
 * @returns `process.hrtime` at the zero of the worker's clock
 * @throws Error for an answer that is no time of a worker that has just started
 */
export async function greetWorker(port: MessagePortMain): Promise<bigint> {
  const first = nextTime(port);
  port.start();
  await first;
  let zeroNs = 0n;
  let shortest: bigint | undefined;
  for (let look = 0; look < LOOKS; look += 1) {
    const asked = process.hrtime.bigint();
    const answer = nextTime(port);
    port.postMessage(null);
    const theirs = await answer;
    const took = process.hrtime.bigint() - asked;
    if (shortest === undefined || took < shortest) {
      shortest = took;
      zeroNs = asked + took / 2n - BigInt(Math.round(theirs * 1e6));
    }
  }
  return zeroNs;
}

/** In milliseconds. What came is told no further than its kind: nothing of it is converted, which may throw or take long. */
function nextTime(port: MessagePortMain): Promise<number> {
  return new Promise((resolve, reject) => {
    port.once('message', ({ data }: { readonly data: unknown }) => {
      if (typeof data === 'number' && data >= 0 && data <= GUEST_PAGE_START_MS) {
        resolve(data);
      } else {
        reject(new Error('its worker told no time'));
      }
    });
  });
}
