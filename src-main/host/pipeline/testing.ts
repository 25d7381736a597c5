import { onTestFinished } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import type { AuditRecord } from '../../policy/audit-record.ts';
import { createLedger } from '../../policy/charges.ts';
import type { ResolvedEntry } from '../../policy/resolved-entry.ts';
import { noRights } from '../../policy/rights.ts';
import { HandleTable } from './handle-table.ts';
import type { Caller } from './host-function.ts';
import type { OperationTable } from './operation-table.ts';
import { createPipeline, type Pipeline, type PipelineServices } from './pipeline.ts';

/** `makeCaller` for one test, at whose end its handles go. */
export function callerOfTest(more: Partial<Caller> = {}): Caller {
  const caller = makeCaller(more);
  onTestFinished(() => void caller.handles.dispose());
  return caller;
}

/** A guest without rights; whoever makes it disposes its handles. */
export function makeCaller(more: Partial<Caller> = {}): Caller {
  return {
    capsule: 'tester',
    capsuleUuid: '00000000-0000-0000-0000-000000000001',
    principal: 'anna',
    rights: noRights,
    invocation: null,
    signal: new AbortController().signal,
    handles: new HandleTable(() => undefined),
    ready: () => undefined,
    ...more,
  };
}

export interface PipelineUnderTest {
  readonly pipeline: Pipeline;
  readonly records: AuditRecord[];
  readonly reports: { readonly message: string; readonly error: unknown }[];
  /** Where granted names were found to lead. */
  readonly pins: ResolvedEntry[];
}

/** The pipeline over some functions, with everything that it tells kept for the test. */
export function makePipeline(
  operations: OperationTable,
  more: Partial<PipelineServices> = {},
): PipelineUnderTest {
  const records: AuditRecord[] = [];
  const reports: { readonly message: string; readonly error: unknown }[] = [];
  const pins: ResolvedEntry[] = [];
  const pipeline = createPipeline({
    operations,
    ledger: createLedger(systemClock),
    resolved: {
      of: () => pins,
      pin: (_capsule, _principal, entry) => Promise.resolve(void pins.push(entry)),
    },
    ask: () => Promise.resolve(false),
    clock: systemClock,
    audit: (record) => void records.push(record),
    withoutIds: (text) => text,
    report: (message, error) => void reports.push({ message, error }),
    ...more,
  });
  return { pipeline, records, reports, pins };
}
