import { describe, expect, it } from 'vitest';
import { fakeProcess } from '../../client/fake-views.ts';
import { formatSelection, selectionOf } from './selection.ts';

const processes = new Map(
  [
    fakeProcess('a', { label: 'lines', capsule: 'flood' }),
    fakeProcess('b', { label: 'visible', capsule: 'flood' }),
    fakeProcess('c', { label: 'visible too', phase: 'exited' }),
  ].map((view) => [view.key, view]),
);

describe('selected processes', () => {
  it.each([
    [['a', 'b'], '', ['a', 'b'], '2 selected'],
    [['a', 'b'], ' VISIBLE ', ['b'], '1 selected · 1 hidden by the filter'],
    [['a'], 'visible', [], '0 selected · 1 hidden by the filter'],
    [['c', 'gone'], '', ['c'], '1 selected'],
    [['b', 'c'], 'exited', ['c'], '1 selected · 1 hidden by the filter'],
    [[], 'visible', [], '0 selected'],
  ])('of %j with the filter "%s" commands act on %j: %s', (selected, filter, keys, words) => {
    const selection = selectionOf(processes, selected, filter);
    expect(selection.shown.map(({ key }) => key)).toEqual(keys);
    expect(formatSelection(selection)).toBe(words);
  });
});
