import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrange, holdOrder } from './arrange.ts';

const item = (key: string, capsule: string): { key: string; capsule: string } => ({ key, capsule });
const list = [item('3', 'b'), item('1', 'a'), item('2', 'b')];

describe('rows of the process list', () => {
  it('groups by capsule and keeps the sorted order inside a group', () => {
    expect(arrange(list, true, new Set()).map((row) => row.id)).toEqual([
      'group:a',
      '1',
      'group:b',
      '3',
      '2',
    ]);
  });

  it('hides members of a collapsed group and still counts them', () => {
    const rows = arrange(list, true, new Set(['b']));
    expect(rows.map((row) => row.id)).toEqual(['group:a', '1', 'group:b']);
    expect(rows[2]).toMatchObject({ members: 2 });
  });

  it('stays flat when asked to', () => {
    expect(arrange(list, false, new Set()).map((row) => row.id)).toEqual(['3', '1', '2']);
  });

  it('moves nothing while held: gone rows stay, new rows come last', () => {
    const before = arrange(list, false, new Set());
    const after = arrange([item('4', 'a'), item('2', 'b'), item('3', 'b')], false, new Set());
    const held = holdOrder(before, after);
    expect(held.map((row) => [row.id, row.kind === 'item' && row.gone])).toEqual([
      ['3', false],
      ['1', true],
      ['2', false],
      ['4', false],
    ]);
  });

  it('keeps the place of every row that was there, whatever comes and goes', () => {
    const keys = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String));
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const before = arrange(
          a.map((key) => item(key, 'x')),
          false,
          new Set(),
        );
        const held = holdOrder(
          before,
          arrange(
            b.map((key) => item(key, 'x')),
            false,
            new Set(),
          ),
        );
        expect(held.slice(0, before.length).map((row) => row.id)).toEqual(before.map((row) => row.id));
        expect(new Set(held.map((row) => row.id))).toEqual(new Set([...a, ...b]));
        expect(held).toHaveLength(new Set([...a, ...b]).size);
      }),
    );
  });
});
