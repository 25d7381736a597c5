import { describe, expect, it, onTestFinished } from 'vitest';
import type { Handle } from '../generated/handle.ts';
import { HandleTable } from './handle-table.ts';
import { resource } from './resource.ts';
import { GuestTrap } from './wit-error.ts';

const TEXT = resource<string>()('test#text');
const OTHER = resource<string>()('test#text');

function makeTable() {
  const reports: string[] = [];
  const table = new HandleTable((message) => reports.push(message));
  onTestFinished(() => void table.dispose());
  return { table, reports };
}

describe('the handles of an instance', () => {
  it('are found by number and kind, and never numbered twice', () => {
    const { table } = makeTable();
    const first = table.insert(TEXT, 'one');
    expect(table.get(TEXT, first)).toBe('one');
    table.drop(first);
    const second = table.insert(TEXT, 'two');
    expect([first, second]).toEqual([1, 2]);
    expect(table.size).toBe(1);
  });

  it.each([
    ['an unknown number', TEXT, 99],
    ['zero', TEXT, 0],
    ['another kind of resource, though of the same name', OTHER, 1],
    ['a dropped one', TEXT, 2],
  ])('trap at %s', (_name, kind, number) => {
    const { table } = makeTable();
    table.insert(TEXT, 'one');
    table.drop(table.insert(TEXT, 'two'));
    expect(() => table.get(kind, number as Handle<'test#text'>)).toThrow(
      new GuestTrap(`${number} is not a live handle of test#text.`),
    );
  });

  it('are disposed once, whether dropped or left over, the newest first', () => {
    const { table } = makeTable();
    const disposed: string[] = [];
    const insert = (name: string) => table.insert(TEXT, name, { dispose: () => disposed.push(name) });
    insert('first');
    const second = insert('second');
    insert('third');
    table.drop(second);
    table.drop(second);
    expect(table.drop(77)).toEqual([]);
    table.dispose();
    table.dispose();
    expect(disposed).toEqual(['second', 'third', 'first']);
    expect(table.size).toBe(0);
  });

  it('end all of them when one cannot be disposed, which is reported', () => {
    const { table, reports } = makeTable();
    const disposed: string[] = [];
    const failing = {
      dispose: () => {
        throw new Error('broken');
      },
      ends: () => {
        throw new Error('broken too');
      },
    };
    table.insert(TEXT, 'first', { dispose: () => disposed.push('first'), ends: () => 'first' });
    const alone = table.insert(TEXT, 'alone', failing);
    table.insert(TEXT, 'second', failing);
    table.insert(TEXT, 'third', { dispose: () => disposed.push('third') });
    expect(table.drop(alone)).toEqual([]);
    expect(table.dispose()).toEqual([{ resource: 'test#text', target: 'first' }]);
    expect(disposed).toEqual(['third', 'first']);
    const told = ['test#text: could not describe what a drop ends', 'could not dispose a dropped handle'];
    expect(reports).toEqual([...told, ...told]);
  });

  it('take nothing once the instance has ended, and end what comes too late', () => {
    const { table } = makeTable();
    table.dispose();
    let disposed = 0;
    expect(() => table.insert(TEXT, 'late', { dispose: () => (disposed += 1) })).toThrow(
      new GuestTrap('The instance has ended.'),
    );
    expect([disposed, table.size, table.ended]).toEqual([1, 0, true]);
  });
});

describe('a handle that lives on another', () => {
  it('is disposed before it, and stays a handle until the guest drops it', () => {
    const { table } = makeTable();
    const disposed: string[] = [];
    const note = (name: string) => ({ dispose: () => disposed.push(name) });
    const parent = table.insert(TEXT, 'parent', note('parent'));
    const one = table.insertChild(parent, TEXT, 'one', note('one'));
    const two = table.insertChild(one, TEXT, 'two', note('two'));
    const three = table.insertChild(parent, TEXT, 'three', note('three'));
    const four = table.insertChild(parent, TEXT, 'four', note('four'));
    table.drop(three);
    table.drop(parent);
    expect(disposed).toEqual(['three', 'four', 'two', 'one', 'parent']);
    expect(table.get(TEXT, one)).toBe('one');
    table.drop(one);
    table.drop(two);
    table.drop(four);
    expect(disposed).toHaveLength(5);
    expect(table.size).toBe(0);
  });

  it('does not begin on a handle that is none', () => {
    const { table } = makeTable();
    let disposed = 0;
    expect(() => table.insertChild(7, TEXT, 'x', { dispose: () => (disposed += 1) })).toThrow(
      new GuestTrap('7 is not a live handle.'),
    );
    expect(disposed).toBe(1);
  });
});
