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
  it('is there for as many instances as it was shared out for, and no more are made', async () => {
    const module = await moduleOf(0, 2);
    const other = await moduleOf(0, 2);
    const memory = new GuestMemory([{ module, instances: 2, memoryBytes: 2 * PAGE }]);
    memory.instantiate(module, {});
    memory.instantiate(module, {});
    expect(() => memory.instantiate(module, {})).toThrow('more instances');
    expect(() => memory.instantiate(other, {})).toThrow('more instances');
  });

  it('is as full as its fullest part, and counts a memory once', async () => {
    const [small, large, through] = await Promise.all([moduleOf(0, 2), moduleOf(0, 4), compiled(passing)]);
    const memory = new GuestMemory([
      { module: small, instances: 1, memoryBytes: 2 * PAGE },
      { module: large, instances: 1, memoryBytes: 4 * PAGE },
      { module: through, instances: 1, memoryBytes: 0 },
    ]);
    const first = memoryOf(memory.instantiate(small, {}));
    const second = memoryOf(memory.instantiate(large, {}));
    memory.instantiate(through, { a: { m: second } });
    expect(memory.takenBytes).toBe(0);
    second.grow(2);
    expect(memory.takenBytes).toBe(3 * PAGE);
    first.grow(2);
    expect(memory.takenBytes).toBe(6 * PAGE);
  });

  it('that cannot grow counts for what it is, not as full', async () => {
    const [fixed, growing] = await Promise.all([moduleOf(2, 2), moduleOf(0, 4)]);
    const memory = new GuestMemory([
      { module: fixed, instances: 1, memoryBytes: 2 * PAGE },
      { module: growing, instances: 1, memoryBytes: 4 * PAGE },
    ]);
    memory.instantiate(fixed, {});
    memory.instantiate(growing, {});
    expect(memory.takenBytes).toBe(2 * PAGE);
  });
});
