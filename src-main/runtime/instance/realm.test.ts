import { parse } from '@bytecodealliance/jco';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Outcome } from '../../base/outcome.ts';

import { planComponent } from '../component/planned-component.ts';
import { transpile } from '../component/transpile.ts';
import type { GuestProcesses, LoadedComponent } from '../guest-process/guest-process.ts';
import { guestKinds } from '../guest-process/testing/kinds.ts';
import type { CallOutcome } from './call-outcome.ts';
import { GuestInstance } from './instance.ts';
import { hostOf, instanceOptions } from './testing.ts';

const kinds = guestKinds();

type Answer = (operation: string, args: readonly unknown[]) => Outcome;

function startGuest(guests: GuestProcesses, component: LoadedComponent, answer: Answer): GuestInstance {
  const instance = new GuestInstance(
    instanceOptions({
      guestProcesses: guests,
      component,
      memoryLimitBytes: 64 * 65_536,
      pipeline: hostOf((operation, args) => Promise.resolve(answer(operation, args))),
    }),
  );
  onTestFinished(() => instance.terminate());
  return instance;
}

/**
 * Instead of a component's: goes through everything that is in reach, and what that gives and throws when it is called, and
 * answers with the way to each object whose ancestor is not this realm's.
 */
const SEARCHING = `(() => {
  'use strict';
  function instantiate(getCoreModule, imports, instantiateCore) {
    const foreign = [];
    const seen = new Set();
    const queue = [];
    const look = (way, value) => {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
      seen.add(value);
      let root = value;
      for (let next = Object.getPrototypeOf(root); next !== null; next = Object.getPrototypeOf(root)) root = next;
      if (root !== Object.prototype && root !== value) foreign.push(way);
      queue.push([way, value]);
    };
    const attempt = (way, run) => {
      try { look(way + '()', run()); } catch (error) { look(way + ' throws', error); look(way + ' frames', error.stack); }
    };
    Error.prepareStackTrace = (error, frames) => {
      look('frames', frames);
      for (const frame of frames) {
        look('frame', frame);
        attempt('getThis', () => frame.getThis());
        attempt('getFunction', () => frame.getFunction());
      }
      return '';
    };
    const search = () => {
      while (queue.length > 0) {
        const [way, value] = queue.pop();
        look(way + '.__proto__', Object.getPrototypeOf(value));
        for (const key of Reflect.ownKeys(value)) {
          const { value: own, get, set } = Object.getOwnPropertyDescriptor(value, key);
          for (const each of [own, get, set]) look(way + '.' + String(key), each);
        }
      }
    };
    look('globalThis', globalThis); look('getCoreModule', getCoreModule); look('imports', imports); look('instantiateCore', instantiateCore);
    const sys = imports['astrid:sys/host@1.0.0'];
    for (const [name, args] of [['getCaller', []], ['getConfig', ['key']], ['randomBytes', [4n]], ['randomBytes', [5000n]],
      ['enumerateCapabilities', []], ['log', ['no level', '']], ['log', ['info', Symbol()]], ['clockMs', []]]) {
      attempt(name, () => sys[name](...args));
    }
    attempt('getCoreModule', () => getCoreModule('none'));
    attempt('instantiateCore', () => instantiateCore({}, {}));
    attempt('decode', () => new TextDecoder().decode(Uint8Array.of(0xff)));
    attempt('decode', () => new TextDecoder().decode(7));
    attempt('encode', () => new TextEncoder().encode('grün'));
    attempt('encode', () => new TextEncoder().encodeInto(7, 8));
    attempt('code from text', () => TextEncoder.constructor('return process')());
    search();
    const globals = Object.getOwnPropertyNames(globalThis).filter((name) => /^(process|require|module|exports|Buffer|fetch|importScripts|setTimeout|setInterval|queueMicrotask|startRealm|outer|exported)$/.test(name));
    return { astridHookTrigger: () => ({ action: JSON.stringify({ foreign, globals, seen: seen.size }) }) };
  }
  return instantiate;
})()`;

it.each(kinds)(
  'nothing of the outer realm is in reach of a component’s script, in %s',
  async (_kind, guests) => {
    const component = {
      script: SEARCHING,
      modules: new Map(),
      imports: ['astrid:sys/host@1.0.0', 'astrid:process/host@1.0.0', 'astrid:io/poll@1.0.0'],
      exports: ['astridHookTrigger'],
    };
    const instance = startGuest(guests, component, (operation) =>
      operation.endsWith('#get-caller')
        ? { tag: 'ok', value: { principal: undefined, sourceId: '', timestamp: '' } }
        : operation.endsWith('#get-config')
          ? { tag: 'err', value: { tag: 'unknown', val: 'no' } }
          : { tag: 'trap', message: 'over' },
    );
    const end = await instance.call('astridHookTrigger', ['', new Uint8Array()], { invocation: null });
    expect(end).toMatchObject({ kind: 'returned' });
    const { action } = (end as Extract<CallOutcome, { kind: 'returned' }>).value as {
      readonly action: string;
    };
    const report = JSON.parse(action) as Readonly<Record<string, unknown>>;
    expect(report).toEqual({ foreign: [], globals: [], seen: expect.any(Number) });
    expect(report['seen']).toBeGreaterThan(500);
  },
);

describe.each(kinds)('text of a guest in %s', (_kind, guests) => {
  /** Logs these bytes, given as in WAT. */
  async function logging(bytes: string, length: number): Promise<LoadedComponent> {
    const component = await parse(`(component
      (import "astrid:sys/host@1.0.0" (instance $sys
        (type $level (enum "trace" "debug" "info" "warn" "error")) (export "log-level" (type $l (eq $level)))
        (export "log" (func (param "level" $l) (param "message" string)))))
      (core module $memory (memory (export "memory") 1) (data (i32.const 16) "${bytes}"))
      (core instance $memory (instantiate $memory))
      (alias core export $memory "memory" (core memory $m))
      (core func $log (canon lower (func $sys "log") (memory $m)))
      (core module $main (import "sys" "log" (func $log (param i32 i32 i32)))
        (func (export "run") (call $log (i32.const 2) (i32.const 16) (i32.const ${length}))))
      (core instance $main (instantiate $main (with "sys" (instance (export "log" (func $log))))))
      (func $run (canon lift (core func $main "run"))) (export "run" (func $run)))`);
    return guests.load(planComponent(await transpile(component, ['astrid:sys/host@1.0.0']), 64 * 65_536));
  }

  async function logged(component: LoadedComponent) {
    const lines: unknown[] = [];
    const instance = startGuest(guests, component, (_operation, [, message]) => {
      lines.push(message);
      return { tag: 'ok', value: undefined };
    });
    return { end: await instance.call('run', [], { invocation: null }), lines };
  }

  it('reaches the host as it is, a mark at its beginning included', async () => {
    const { end, lines } = await logged(await logging('\\ef\\bb\\bfgr\\c3\\bcn', 8));
    expect([end.kind, lines]).toEqual(['returned', ['\uFEFFgrün']]);
  });

  it.each([
    ['an open sequence', '\\c3', 1],
    ['a byte that no text has', 'a\\ffb', 3],
    ['half a surrogate pair', '\\ed\\a0\\80', 3],
    ['more bytes than needed', '\\c0\\80', 2],
  ])('that is not UTF-8 is a trap, and nothing reaches the host: %s', async (_what, bytes, length) => {
    const { end, lines } = await logged(await logging(bytes, length));
    expect(end).toMatchObject({ kind: 'trapped', message: expect.stringContaining('is not utf-8') });
    expect(lines).toEqual([]);
  });
});
