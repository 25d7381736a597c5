import { describe, expect, it } from 'vitest';
import { fakeProcess } from '../../client/fake-views.ts';
import { tickedInWords, tickedOf } from './ticked.ts';

const processes = new Map(
  [
    fakeProcess('a', { label: 'lines', capsule: 'flood' }),
    fakeProcess('b', { label: 'visible', capsule: 'flood' }),
    fakeProcess('c', { label: 'visible too', phase: 'exited' }),
  ].map((view) => [view.key, view]),
);

describe('ticked processes', () => {
  it.each([
    [['a', 'b'], '', ['a', 'b'], '2 selected'],
    [['a', 'b'], ' VISIBLE ', ['b'], '1 selected · 1 hidden by the filter'],
    [['a'], 'visible', [], '0 selected · 1 hidden by the filter'],
    [['c', 'gone'], '', ['c'], '1 selected'],
    [['b', 'c'], 'exited', ['c'], '1 selected · 1 hidden by the filter'],
    [[], 'visible', [], '0 selected'],
  ])('of %j with the filter "%s" verbs act on %j: %s', (selected, filter, keys, words) => {
    const ticked = tickedOf(processes, selected, filter);
    expect(ticked.shown.map(({ key }) => key)).toEqual(keys);
    expect(tickedInWords(ticked)).toBe(words);
  });
});
