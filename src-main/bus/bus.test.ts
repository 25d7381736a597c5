import { describe, expect, it, onTestFinished } from 'vitest';
import { MessageBus, type Audience } from './bus.ts';
import type { Listener, Subscription } from './subscription.ts';

const ann: Listener = { pattern: 'news.*', capsule: 'paper', principal: 'ann', hearsHost: false };

/** Closes what is still subscribed at the end of the test. */
function busOfTest(): MessageBus {
  const bus = new MessageBus();
  onTestFinished(() => bus.dispose());
  return bus;
}

const heard = (subscription: Subscription): unknown[] =>
  subscription.take().messages.map(({ payload }) => JSON.parse(payload) as unknown);

describe('the bus', () => {
  it('gives every subscription whose pattern covers the topic its own copy, in order', () => {
    const bus = busOfTest();
    const wide = bus.subscribe(ann);
    const exact = bus.subscribe({ ...ann, pattern: 'news.v1' });
    const other = bus.subscribe({ ...ann, pattern: 'tool.*' });
    expect(bus.publishSystem('news.v1', 1, { principal: 'ann' })).toBe(2);
    expect(bus.publishSystem('news.v1.late', 2, { principal: 'ann' })).toBe(1);
    expect([heard(wide), heard(exact), heard(other)]).toEqual([[1, 2], [1], []]);
    expect(heard(wide)).toEqual([]);
  });

  it('keeps nothing for who subscribes later', () => {
    const bus = busOfTest();
    expect(bus.publishSystem('news.v1', 1, { principal: 'ann' })).toBe(0);
    expect(heard(bus.subscribe(ann))).toEqual([]);
  });

  it('says that the host speaks, for whom, and as JSON', () => {
    const bus = busOfTest();
    const subscription = bus.subscribe(ann);
    bus.publishSystem('news.v1', { a: [1] }, { principal: 'ann' });
    expect(subscription.take().messages).toEqual([
      {
        topic: 'news.v1',
        payload: '{"a":[1]}',
        sourceId: '00000000-0000-0000-0000-000000000000',
        principal: 'ann',
        sequence: 1,
      },
    ]);
  });

  it.each<[string, Partial<Listener>, Audience, boolean]>([
    ['a call hears its own principal', {}, { principal: 'ann' }, true],
    ['a call hears no other principal', {}, { principal: 'bob' }, false],
    ['a call hears nothing that is for nobody', {}, { principal: null }, false],
    ['a run loop hears its owner', { hearsHost: true }, { principal: 'ann' }, true],
    ['a run loop hears what is for nobody', { hearsHost: true }, { principal: null }, true],
    ['a run loop hears no other principal', { hearsHost: true }, { principal: 'bob' }, false],
    ['the capsule that is meant hears', {}, { principal: 'ann', capsule: 'paper' }, true],
    ['another capsule of the same principal does not', {}, { principal: 'ann', capsule: 'radio' }, false],
    ['nor one that hears the host', { hearsHost: true }, { principal: null, capsule: 'radio' }, false],
  ])('%s', (_name, listener, audience, reached) => {
    const bus = busOfTest();
    const subscription = bus.subscribe({ ...ann, ...listener });
    bus.publishSystem('news.v1', 1, audience);
    expect(heard(subscription)).toEqual(reached ? [1] : []);
  });

  it('tells who waits that something has come, and that it has ended', () => {
    const bus = busOfTest();
    const subscription = bus.subscribe(ann);
    const states: string[] = [];
    subscription.onChange(() => states.push(`${String(subscription.ready)} ${String(subscription.closed)}`));
    bus.publishSystem('news.v1', 1, { principal: 'ann' });
    heard(subscription);
    subscription.close();
    subscription.close();
    expect(states).toEqual(['true false', 'false true']);
    expect(bus.publishSystem('news.v1', 2, { principal: 'ann' })).toBe(0);
  });

  it('closes every subscription when it ends', () => {
    const bus = busOfTest();
    const all = [bus.subscribe(ann), bus.subscribe(ann)];
    bus.dispose();
    expect(all.map(({ closed }) => closed)).toEqual([true, true]);
  });
});
