import { describe, expect, it } from 'vitest';
import type { Handle } from '../generated/handle.ts';
import { HandleTable, MAX_HANDLES } from './handle-table.ts';
import { GuestTrap } from './wit-error.ts';

const isText = (value: unknown): value is string => typeof value === 'string';
const ignore = (): void => undefined;

describe('the handles of an instance', () => {
  it('are found by number and kind, and never numbered twice', () => {
    const table = new HandleTable();
    const first = table.insert('a', 'one', ignore);
    expect(table.get('a', first, isText)).toBe('one');
    table.drop(first);
    const second = table.insert('a', 'two', ignore);
    expect(second).not.toBe(first);
    expect(table.size).toBe(1);
  });

  it.each([
    ['an unknown number', 'a', 99],
    ['zero', 'a', 0],
    ['another kind of resource', 'b', 1],
    ['a dropped one', 'a', 2],
    ['one whose value is of another type', 'a', 3],
  ])('trap at %s', (_name, resource, number) => {
    const table = new HandleTable();
    table.insert('a', 'one', ignore);
    table.drop(table.insert('a', 'two', ignore));
    table.insert('a', 3, ignore);
    expect(() => table.get(resource, number as unknown as Handle<string>, isText)).toThrow(GuestTrap);
  });

  it('are undone once, whether dropped or left over, the newest first', () => {
    const undone: string[] = [];
    const table = new HandleTable();
    table.insert('a', 1, () => undone.push('first'));
    const second = table.insert('a', 2, () => undone.push('second'));
    table.insert('a', 3, () => undone.push('third'));
    table.drop(second);
    table.drop(second);
    table.drop(77);
    table.dispose();
    table.dispose();
    expect(undone).toEqual(['second', 'third', 'first']);
    expect(table.size).toBe(0);
  });

  it('are limited in number, and what is too much is undone at once', () => {
    const table = new HandleTable();
    for (let count = 0; count < MAX_HANDLES; count += 1) {
      table.insert('a', count, ignore);
    }
    let undone = 0;
    expect(() => table.insert('a', 'more', () => (undone += 1))).toThrow(GuestTrap);
    expect(undone).toBe(1);
    expect(table.size).toBe(MAX_HANDLES);
  });
});
