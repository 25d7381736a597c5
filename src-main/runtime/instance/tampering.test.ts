import { parse } from '@bytecodealliance/jco';
import { describe, expect, it, onTestFinished } from 'vitest';
import { planComponent } from '../component/planned-component.ts';
import { transpile } from '../component/transpile.ts';
import type { GuestProcesses, LoadedComponent } from '../guest-process/guest-process.ts';
import { guestKinds } from '../guest-process/testing/kinds.ts';
import type { CallOutcome } from './call-outcome.ts';
import { GuestInstance } from './instance.ts';
import { hostOf, instanceOptions } from './testing.ts';

const LIMIT_BYTES = 64 * 65_536;
const SYS = 'astrid:sys/host@1.0.0';

/** Has a core module, which is what a script gets hold of by a name. */
const bytes = await parse(`(component
  (core module $m (memory (export "memory") 1) (func (export "run")))
  (core instance $i (instantiate $m)) (func $run (canon lift (core func $i "run"))) (export "run" (func $run)))`);
const { modules: bytesOf } = planComponent(await transpile(bytes, []), LIMIT_BYTES);

/**
 * Instead of a component's script: puts a listener before every function of the language, so that it sees whatever our own
 * part of the realm calls one with, then uses everything that it was given.
 */
const TAMPERING = `(() => {
  'use strict';
  const { apply, construct, ownKeys, getPrototypeOf, getOwnPropertyDescriptor, defineProperty } = Reflect;
  const { stringify } = JSON;
  const ours = Object.prototype;
  const foreign = Object.create(null);
  const look = (way, value) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
    let root = value;
    for (let next = getPrototypeOf(root); next !== null; next = getPrototypeOf(root)) root = next;
    if (root !== ours && root !== value) foreign[way] = true;
  };
  const lookAll = (way, args) => { for (let index = 0; index < args.length; index += 1) {
    look(way, args[index]);
    if (typeof args[index] === 'object' && args[index] !== null) {
      const keys = ownKeys(args[index]);
      for (let each = 0; each < keys.length; each += 1) {
        const own = getOwnPropertyDescriptor(args[index], keys[each]);
        if (own !== undefined) look(way + ' with ' + String(keys[each]), own.value);
      }
    }
  } };
  let wrapped = 0;
  const listened = (way, run) => new Proxy(run, {
    apply(target, self, args) { look(way + ' on', self); lookAll(way, args); return apply(target, self, args); },
    construct(target, args, as) { lookAll('new ' + way, args); return construct(target, args, as); },
  });
  const seen = [];
  const tamper = (way, holder) => {
    for (let index = 0; index < seen.length; index += 1) if (seen[index] === holder) return;
    seen[seen.length] = holder;
    const keys = ownKeys(holder);
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index], name = way + '.' + String(key), own = getOwnPropertyDescriptor(holder, key);
      if (key === 'constructor' || own === undefined) continue;
      const { value } = own;
      if ((typeof value === 'object' && value !== null) || (typeof value === 'function' && key !== 'prototype')) tamper(name, value);
      if (typeof value === 'function' && (own.configurable || own.writable)) {
        wrapped += 1;
        defineProperty(holder, key, { value: listened(name, value) });
      }
    }
  };
  const loose = [getPrototypeOf(Uint8Array), getPrototypeOf([][Symbol.iterator]()), getPrototypeOf(new Map()[Symbol.iterator]())];
  for (let index = 0; index < loose.length; index += 1) { tamper('loose' + index, loose[index]); if (loose[index].prototype) tamper('loose' + index + '.prototype', loose[index].prototype); }
  tamper('globalThis', globalThis);
  return function instantiate(getCoreModule, imports, instantiateCore) {
    const attempt = (run) => { try { run(); } catch (error) { look('thrown', error); } };
    attempt(() => instantiateCore(getCoreModule('component.core.wasm'), {}));
    attempt(() => getCoreModule('none'));
    const sys = imports['${SYS}'];
    const calls = [['getConfig', 'key'], ['randomBytes', 4n], ['randomBytes', 5000n], ['enumerateCapabilities'], ['log', 'no level', ''], ['clockMs'], ['clockMonotonicNs']];
    for (let index = 0; index < calls.length; index += 1) { const [name, ...args] = calls[index]; attempt(() => sys[name](...args)); }
    attempt(() => new TextDecoder().decode(new Uint8Array([0xff])));
    attempt(() => new TextEncoder().encode('grün'));
    return { astridHookTrigger: () => ({ action: stringify({ foreign: ownKeys(foreign), wrapped }) }) };
  };
})()`;

function startScript(
  guests: GuestProcesses,
  script: string,
  modules: LoadedComponent['modules'],
): GuestInstance {
  const instance = new GuestInstance(
    instanceOptions({
      guestProcesses: guests,
      component: { script, modules, imports: [SYS], exports: ['astridHookTrigger'] },
      memoryLimitBytes: LIMIT_BYTES,
      pipeline: hostOf(() => Promise.resolve({ tag: 'trap', message: 'over' })),
    }),
  );
  onTestFinished(() => instance.terminate());
  return instance;
}

describe.each(guestKinds())('in %s, a component’s script', (kind, guests) => {
  const load = guests.load({ script: '', modules: bytesOf, imports: [], exports: [] });
  const ask = async (script: string): Promise<CallOutcome> => {
    const { modules } = await load;
    return startScript(guests, script, modules).call('astridHookTrigger', ['', new Uint8Array()], {
      invocation: null,
    });
  };

  it('that listens at every function of the language sees nothing of the outer realm', async () => {
    const end = await ask(TAMPERING);
    expect(end).toMatchObject({ kind: 'returned' });
    const { action } = (end as Extract<CallOutcome, { kind: 'returned' }>).value as {
      readonly action: string;
    };
    const report = JSON.parse(action) as Readonly<Record<string, unknown>>;
    expect(report).toEqual({ foreign: [], wrapped: expect.any(Number) });
    expect(report['wrapped']).toBeGreaterThan(300);
  });

  it('that loads a module does not start, but in a page, which can load its own alone', async () => {
    const script = `(() => () => ({ astridHookTrigger: () => ({ action: String(import('node:fs')) }) }))()`;
    await expect(ask(script)).resolves.toMatchObject(
      kind === 'a page'
        ? { kind: 'returned', value: { action: '[object Promise]' } }
        : { kind: 'refused', message: expect.stringContaining('its script loads modules') },
    );
  });
});
