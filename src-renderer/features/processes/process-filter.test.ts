import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeProcess } from '../../client/fake-views.ts';
import { compileFilter } from './process-filter.ts';

const processes = [
  fakeProcess('web', {
    capsule: 'team7',
    label: 'Web Server',
    command: ['node', '-c', 'serve http://[::]:80'],
  }),
  fakeProcess('job', {
    ...{ capsule: 'team7', label: 'job', phase: 'exited', osPid: null },
    ...{ exitedAt: 1_000, exit: { code: 3, signal: null, reason: 'self' } },
  }),
  fakeProcess('done', {
    ...{ capsule: 'team70', label: 'running late', phase: 'exited', osPid: null },
    ...{ exitedAt: 1_000, exit: { code: 0, signal: null, reason: 'self' } },
  }),
  fakeProcess('ice', { capsule: 'cold', label: 'ice', frozen: true, principal: 'ann', osPid: 4711 }),
];

describe('the filter of the process list', () => {
  it.each([
    ['', ['web', 'job', 'done', 'ice']],
    ['  ', ['web', 'job', 'done', 'ice']],
    ['team7', ['web', 'job', 'done']],
    ['team7 running', ['web', 'done']],
    ['running team7', ['web', 'done']],
    ['team7 state:running', ['web']],
    ['"web server"', ['web']],
    ['"server web"', []],
    ['WEB', ['web']],
    ['capsule:team70', ['done']],
    ['state:failed', ['job']],
    ['failed', ['job']],
    ['-state:exited', ['web', 'ice']],
    ['-state:exited -capsule:team7', ['ice']],
    ['label:"web server"', ['web']],
    ['LABEL:ICE', ['ice']],
    ['frozen', ['ice']],
    ['pid:471', ['ice']],
    ['principal:ann', ['ice']],
    ['exited 3', ['job']],
    ['node -c serve', ['web']],
    ['http://[::]:80', ['web']],
    ['capsule:', []],
    ['label:"web', ['web']],
    ['"', ['web', 'job', 'done', 'ice']],
  ])('%s', (filter, keys) => {
    const meets = compileFilter(filter);
    expect(processes.filter(meets).map(({ key }) => key)).toEqual(keys);
  });

  it('finds what each word finds, and no more with each', () => {
    const word = fc.constantFrom(
      'team7',
      'running',
      'exited',
      'job',
      'state:frozen',
      '-state:exited',
      '"web',
    );
    const found = (filter: string) => new Set(processes.filter(compileFilter(filter)));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (words) => {
        const each = words.map((one) => found(one));
        const all = processes.filter((view) => each.every((views) => views.has(view)));
        // An open quote takes in all that follows it.
        const closed = words.map((one) => (one.startsWith('"') ? `${one}"` : one));
        expect([...found(closed.join(' '))]).toEqual(all);
      }),
    );
  });
});
