import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import type { ProcessTier } from '../../contract/views.ts';
import { makeWorkspace, script } from '../../os/testing.ts';
import { ManagedProcess } from '../process/managed-process.ts';
import { idBytes, KeyedHash, newProcessId } from './process-id.ts';
import { ProcessIndex } from './process-index.ts';
import { planProcess } from '../process/spec.ts';
import { ResourceWatch } from '../usage/resource-watch.ts';
import type { ProcessOwner } from '../process/spec.ts';

/** A keyed hash that notes how many bytes it was given, part by part. */
class CountingHash extends KeyedHash {
  sizes: number[][] = [];

  override digest(...parts: readonly (string | Uint8Array)[]): Uint8Array {
    this.sizes.push(parts.map(({ length }) => length));
    return super.digest(...parts);
  }
}

const ann: ProcessOwner = { capsule: 'tools', principal: 'ann', call: null };
const { path: workspace, remove } = makeWorkspace();
afterAll(remove);
const { stdin: _none, ...spec } = await script(workspace, 'true');

function add(index: ProcessIndex, owner: ProcessOwner, tier: ProcessTier = 'persistent'): ManagedProcess {
  const id = newProcessId();
  const process = new ManagedProcess({
    id,
    key: index.keyOf(id),
    owner,
    tier,
    plan: planProcess(spec, tier),
    clock: systemClock,
    limits: new ResourceWatch(),
    onChange: () => undefined,
  });
  index.add(process);
  return process;
}

const hash = new CountingHash();
const index = new ProcessIndex(hash);
const own = add(index, ann);
const foreign = [
  add(index, { ...ann, principal: 'bob' }),
  add(index, { ...ann, capsule: 'other' }),
  // Together the same letters as the asker's.
  add(index, { ...ann, capsule: 'toolsa', principal: 'nn' }),
];
const nameless = [add(index, ann, 'ephemeral'), add(index, ann, 'sync')];
const released = add(index, ann);
index.delete(released);

describe('a lookup by id', () => {
  it('finds the asker’s own persistent process and nothing else', () => {
    expect(index.find(own.id, ann)).toBe(own);
    for (const { id } of [...foreign, ...nameless, released]) {
      expect(index.find(id, ann)).toBeUndefined();
    }
    for (const process of foreign) {
      expect(index.find(process.id, process.owner)).toBe(process);
    }
  });

  it.each([
    ['shortened', (id: string) => id.slice(0, -1)],
    ['with one character more', (id: string) => `${id}a`],
    ['with NUL behind it', (id: string) => `${id}\0`],
    ['in capitals', (id: string) => id.toUpperCase()],
    ['with a space before it', (id: string) => ` ${id}`],
    ['followed by ten megabytes', (id: string) => id.padEnd(10_000_000, 'a')],
    ['as its key', (id: string) => index.keyOf(id)],
  ])('takes no id %s for the id', (_name, change) => {
    expect(index.find(change(own.id), ann)).toBeUndefined();
  });

  it('does the same work, on as many bytes, whatever the id is', () => {
    const work = (id: string): readonly (readonly number[])[] => {
      hash.sizes = [];
      index.find(id, ann);
      return hash.sizes;
    };
    const expected = work(own.id);
    expect(expected.length).toBe(2);
    const all = [...foreign, ...nameless, released].map(({ id }) => id);
    const any = fc.oneof(
      fc.constantFrom(...all, '', 'x'.repeat(10_000_000), '🌲'.repeat(100)),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.stringMatching(/^[a-z2-7]{52}$/),
    );
    fc.assert(
      fc.property(any, (id) => {
        expect(work(id)).toEqual(expected);
      }),
    );
  });

  it('hashes different texts as different bytes, of one size', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 52 });
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        expect(idBytes(one).length).toBe(160);
        expect(Buffer.compare(idBytes(one), idBytes(other)) === 0).toBe(one === other);
      }),
    );
  });
});

describe('a capsule that was removed', () => {
  it('leaves what nobody can ask for any more, also not one of its name that comes after it', () => {
    const some = new ProcessIndex(new KeyedHash());
    const [left, other] = [add(some, ann), add(some, { ...ann, capsule: 'other' })];
    expect([some.isOwn(left, ann), some.find(left.id, ann)]).toEqual([true, left]);
    some.giveUp('tools');
    expect([some.isOwn(left, ann), some.find(left.id, ann)]).toEqual([false, undefined]);
    expect(some.find(other.id, other.owner)).toBe(other);
    // The window still shows it.
    expect(some.byKey(left.key)).toBe(left);
    const next = add(some, ann);
    expect([some.isOwn(next, ann), some.find(next.id, ann), some.find(left.id, ann)]).toEqual([
      ...[true, next, undefined],
    ]);
    some.giveUp('tools');
    expect([left, next].map((process) => some.isOwn(process, ann))).toEqual([false, false]);
  });
});

describe('the processes that are kept', () => {
  it('are in order of start, by key, until they are deleted', () => {
    const some = new ProcessIndex(new KeyedHash());
    const [first, second, stranger] = [add(some, ann), add(some, ann, 'sync'), add(index, ann)];
    expect([some.all(), some.size]).toEqual([[first, second], 2]);
    expect([some.has(first), some.has(stranger)]).toEqual([true, false]);
    expect([some.byKey(second.key), some.byKey(stranger.key)]).toEqual([second, undefined]);
    expect([some.delete(first), some.delete(first), some.has(first)]).toEqual([true, false, false]);
    some.clear();
    expect([some.all(), some.size]).toEqual([[], 0]);
  });

  it.each([
    ['the same capsule and principal', {}, true],
    ['another call', { call: 'c2' }, true],
    ['another principal', { principal: 'bob' }, false],
    ['another capsule', { capsule: 'other' }, false],
  ])('belong to %s: %j', (_name, change, isOwn) => {
    const some = new ProcessIndex(new KeyedHash());
    expect(some.isOwn(add(some, ann), { ...ann, ...change })).toBe(isOwn);
    expect(some.isOwn(add(some, ann, 'sync'), { ...ann, ...change })).toBe(isOwn);
  });

  it('belong to nobody once they are deleted', () => {
    expect(index.isOwn(released, ann)).toBe(false);
  });
});
