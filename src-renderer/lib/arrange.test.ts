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

  it('puts the heads in order of their names, each once, with how many it has', () => {
    const many = [item('1', 'b'), item('2', 'é'), item('3', 'a'), item('4', 'f'), item('5', 'b')];
    expect(arrange(many, true, new Set(['a', 'b', 'é', 'f']))).toEqual([
      { kind: 'group', id: 'group:a', group: 'a', members: 1 },
      { kind: 'group', id: 'group:b', group: 'b', members: 2 },
      { kind: 'group', id: 'group:é', group: 'é', members: 1 },
      { kind: 'group', id: 'group:f', group: 'f', members: 1 },
    ]);
  });

  it('keeps the head of a group that has gone, with nobody, and shows the news of what is there', () => {
    const before = arrange([item('1', 'a'), item('2', 'b')], true, new Set());
    const after = arrange([item('2', 'b'), item('3', 'b')], true, new Set());
    expect(holdOrder(before, after)).toEqual([
      { kind: 'group', id: 'group:a', group: 'a', members: 0 },
      { kind: 'item', id: '1', item: item('1', 'a'), gone: true },
      { kind: 'group', id: 'group:b', group: 'b', members: 2 },
      { kind: 'item', id: '2', item: item('2', 'b'), gone: false },
      { kind: 'item', id: '3', item: item('3', 'b'), gone: false },
    ]);
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
