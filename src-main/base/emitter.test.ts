import { describe, expect, it } from 'vitest';
import { Emitter } from './emitter.ts';

describe('an emitter', () => {
  it('tells every listener in order until it leaves', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    const leave = emitter.event((value) => heard.push(`a${value}`));
    emitter.event((value) => heard.push(`b${value}`));
    emitter.fire(1);
    leave();
    leave();
    emitter.fire(2);
    expect(heard).toEqual(['a1', 'b1', 'b2']);
  });

  it('counts the same function twice when it listens twice', () => {
    const emitter = new Emitter<number>();
    let heard = 0;
    const listener = (): void => void (heard += 1);
    const leave = emitter.event(listener);
    emitter.event(listener);
    leave();
    emitter.fire(1);
    expect(heard).toBe(1);
  });

  it('tells the others too when one throws, and its owner hears of it instead of being interrupted', () => {
    const errors: unknown[] = [];
    const emitter = new Emitter<number>((error) => errors.push(error));
    let heard = 0;
    emitter.event(() => {
      throw new Error('first');
    });
    emitter.event(() => {
      throw new Error('second');
    });
    emitter.event(() => void (heard += 1));
    emitter.fire(1);
    expect([heard, errors.map(String)]).toEqual([1, ['Error: first', 'Error: second']]);
  });

  it('may lose and gain listeners while it speaks', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    emitter.event(() => {
      leave();
      emitter.event(() => heard.push('new'));
    });
    const leave = emitter.event(() => heard.push('left'));
    emitter.fire(1);
    expect(heard).toEqual(['left']);
    emitter.dispose();
    emitter.fire(2);
    expect(heard).toEqual(['left']);
  });
});
