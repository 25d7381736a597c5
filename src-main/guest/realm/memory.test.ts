import { describe, expect, it } from 'vitest';
import { GuestMemory } from './memory.ts';

const PAGE = 65_536;
const compiled = (bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> => WebAssembly.compile(bytes);

/** A module with one memory, exported as `m`. */
const moduleOf = (minimum: number, maximum: number): Promise<WebAssembly.Module> =>
  compiled(
    Uint8Array.of(
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...[0x05, 0x04, 0x01, 0x01, minimum, maximum],
      ...[0x07, 0x05, 0x01, 0x01, 0x6d, 0x02, 0x00],
    ),
  );
/** A module that imports `a.m` and exports it again. */
const passing = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x02, 0x08, 0x01, 0x01, 0x61, 0x01, 0x6d, 0x02, 0x00, 0x00],
  ...[0x07, 0x05, 0x01, 0x01, 0x6d, 0x02, 0x00],
);

interface GrowingMemory extends WebAssembly.Memory {
  readonly grow: (pages: number) => number;
}
const memoryOf = (instance: WebAssembly.Instance): GrowingMemory => instance.exports['m'] as GrowingMemory;

describe('the memory of a guest', () => {
  const planned = (name: string, instances: number, pages: number) => ({
    name,
    instances,
    memoryBytes: pages * PAGE,
  });

  it('is there for as many instances as it was shared out for, and no more are made', async () => {
    const memory = new GuestMemory([planned('a', 2, 2)]);
    const token = memory.tokenOf('a', await moduleOf(0, 2));
    memory.instantiate(token, {});
    memory.instantiate(token, {});
    expect(() => memory.instantiate(token, {})).toThrow('more instances');
    expect(() => memory.instantiate({}, {})).toThrow('more instances');
    const again = memory.tokenOf('a', await moduleOf(0, 2));
    expect(() => memory.instantiate(again, {})).toThrow('more instances');
  });

  it('is of modules that are there, and nobody gets hold of one', async () => {
    const memory = new GuestMemory([planned('a', 1, 2)]);
    expect(() => memory.tokenOf('a', null)).toThrow('core module a is missing');
    const module = await moduleOf(0, 2);
    expect(() => memory.tokenOf('b', module)).toThrow('core module b is missing');
    expect(Reflect.ownKeys(memory.tokenOf('a', module))).toEqual([]);
  });

  it('is as full as its fullest part, and counts a memory once', async () => {
    const memory = new GuestMemory([
      planned('small', 1, 2),
      planned('large', 1, 4),
      planned('through', 1, 0),
    ]);
    const first = memoryOf(memory.instantiate(memory.tokenOf('small', await moduleOf(0, 2)), {}));
    const second = memoryOf(memory.instantiate(memory.tokenOf('large', await moduleOf(0, 4)), {}));
    memory.instantiate(memory.tokenOf('through', await compiled(passing)), { a: { m: second } });
    expect(memory.takenBytes).toBe(0);
    second.grow(2);
    expect(memory.takenBytes).toBe(3 * PAGE);
    first.grow(2);
    expect(memory.takenBytes).toBe(6 * PAGE);
  });

  it('that cannot grow counts for what it is, not as full', async () => {
    const memory = new GuestMemory([planned('fixed', 1, 2), planned('growing', 1, 4)]);
    memory.instantiate(memory.tokenOf('fixed', await moduleOf(2, 2)), {});
    memory.instantiate(memory.tokenOf('growing', await moduleOf(0, 4)), {});
    expect(memory.takenBytes).toBe(2 * PAGE);
  });
});
