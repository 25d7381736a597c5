import { afterAll, describe, expect, it } from 'vitest';
import { GrantedPaths } from '../../os/files/granted-paths.ts';
import { InjectedFiles } from '../../os/files/injected-files.ts';
import { systemClock } from '../../base/clock.ts';
import { MessageBus } from '../../bus/bus.ts';
import { ProcessWatches } from '../../bus/process-watches.ts';
import { createLocalFunctions } from '../../guest/realm/local-functions.ts';
import { ProcessRegistry } from '../../processes/registry/registry.ts';
import { hostInterfaces } from '../generated/interfaces.ts';
import type { HostInterfaceTable } from '../generated/table.ts';
import { createHostOperations } from '../host-operations.ts';
import { callerOfTest, makePipeline } from './testing.ts';

const bus = new MessageBus();
const registry = new ProcessRegistry({
  spawn: () => Promise.reject(new Error('nothing starts here')),
  clock: systemClock,
});
const operations = createHostOperations({
  ipc: { bus },
  processes: {
    registry,
    watches: new ProcessWatches(registry, bus),
    openWorkspace: () => Promise.reject(new Error('there is no workspace here')),
    openHome: () => Promise.reject(new Error('there is no home here')),
    paths: new GrantedPaths('/nowhere'),
    files: new InjectedFiles('/nowhere'),
    hostEnvironment: {},
    maxConcurrent: () => 8,
  },
  sys: { config: () => undefined, log: () => undefined, rightsOf: () => undefined },
});
const inGuest = createLocalFunctions({ monotonicNs: () => 0n, random: () => undefined }, []);

const every = Object.entries<HostInterfaceTable>(hostInterfaces).flatMap(([name, table]) =>
  table.functions.map((entry) => ({ name, table, entry, operation: `${name}#${entry.wit}` })),
);

const BUILT = /^astrid:(?:process\/host|sys\/host|io\/poll|ipc\/host)@/;
const SENDING = /^astrid:ipc\/host@1.0.0#(?:publish|publish-as|get-interceptor-bindings)$/;

afterAll(() => registry.dispose());

describe('the table of host functions', () => {
  it('holds every function of every interface, but for those that the guest’s worker answers', () => {
    expect(every.length).toBeGreaterThan(165);
    const missing = every.filter(({ operation }) => !operations.has(operation) && !inGuest.has(operation));
    expect(missing).toEqual([]);
  });

  it('holds nothing else, and nothing is answered in both places', () => {
    const known = new Set(every.map(({ operation }) => operation));
    expect([...operations.keys(), ...inGuest.keys()].filter((name) => !known.has(name))).toEqual([]);
    expect([...inGuest.keys()].filter((name) => operations.has(name))).toEqual([]);
  });

  it('knows of each function whether it can fail, and gives a reason where nothing is needed', () => {
    for (const { operation, entry } of every) {
      const found = operations.get(operation);
      if (found !== undefined) {
        expect([operation, found.fallible]).toEqual([operation, entry.fallible]);
        const { needsNothing } = found.function;
        expect(needsNothing === null || needsNothing.length > 5).toBe(true);
      }
    }
  });
});

describe('an interface that is not built yet', () => {
  const unbuilt = every.filter(({ name, operation }) => !BUILT.test(name) || SENDING.test(operation));

  it.each(unbuilt.filter(({ entry }) => entry.fallible))(
    'answers $operation with an error of its own',
    async ({ name, table, operation }) => {
      const { pipeline, records, reports } = makePipeline(operations);
      const { tag, ...rest } = await pipeline(callerOfTest(), operation, []);
      // An unbuilt interface is no fault of the host.
      expect(reports).toEqual([]);
      const hasUnknown = table.errorCases !== null && 'unknown' in table.errorCases;
      expect({ tag, ...rest }).toEqual({
        tag: 'err',
        value: hasUnknown ? { tag: 'unknown', val: expect.stringContaining(name) } : { tag: 'closed' },
      });
      // It was not refused for want of a right, so it is no denial.
      expect(records).toEqual([]);
    },
  );

  it('has only methods of resources that nobody hands out as its functions without an error', () => {
    const infallible = unbuilt.filter(({ entry }) => !entry.fallible);
    expect(
      infallible.filter(({ entry }) => entry.kind !== 'method').map(({ operation }) => operation),
    ).toEqual([]);
  });
});
