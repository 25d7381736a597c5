import {
  columnFilteringFeature,
  createColumnHelper,
  createFilteredRowModel,
  createSortedRowModel,
  globalFilteringFeature,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import { exitText } from '../../lib/format-exit.ts';
import { formatLifetime, phaseText } from '../../lib/format-process.ts';

export const features = tableFeatures({
  rowSortingFeature,
  columnFilteringFeature,
  globalFilteringFeature,
  sortedRowModel: createSortedRowModel(),
  filteredRowModel: createFilteredRowModel(),
  sortFns: {},
  filterFns: {},
});

export type ColumnId =
  | 'label'
  | 'phase'
  | 'capsule'
  | 'principal'
  | 'tier'
  | 'osPid'
  | 'startedAt'
  | 'output'
  | 'exit'
  | 'sandbox';

export interface ColumnLayout {
  /** Track of the CSS grid. */
  readonly track: string;
  /** Width of the table in pixels from which the column is shown. */
  readonly from: number;
}

/** Width and visibility of each column: narrow windows hide the secondary ones. */
export const columnLayout: Readonly<Record<ColumnId, ColumnLayout>> = {
  label: { track: 'minmax(130px, 1fr)', from: 0 },
  phase: { track: '96px', from: 0 },
  capsule: { track: 'minmax(90px, 0.6fr)', from: 0 },
  principal: { track: '80px', from: 980 },
  tier: { track: '82px', from: 1060 },
  osPid: { track: '62px', from: 0 },
  startedAt: { track: '72px', from: 0 },
  output: { track: '118px', from: 780 },
  exit: { track: 'minmax(222px, 1fr)', from: 0 },
  sandbox: { track: '106px', from: 1140 },
};

const column = createColumnHelper<typeof features, ProcessView>();

const byText = (read: (view: ProcessView) => string) => ({
  sortFn: (a: { original: ProcessView }, b: { original: ProcessView }): number =>
    read(a.original).localeCompare(read(b.original)) || a.original.startedAt - b.original.startedAt,
});
const byNumber = (read: (view: ProcessView) => number) => ({
  sortFn: (a: { original: ProcessView }, b: { original: ProcessView }): number =>
    read(a.original) - read(b.original) || a.original.startedAt - b.original.startedAt,
});

/** Columns as the table sorts them; how a cell looks is in cells.tsx. */
export const columns = column.columns([
  column.accessor('label', { id: 'label', ...byText((view) => view.label) }),
  column.accessor('phase', { id: 'phase', ...byText(phaseText) }),
  column.accessor('capsule', { id: 'capsule', ...byText((view) => view.capsule) }),
  column.accessor('principal', { id: 'principal', ...byText((view) => view.principal) }),
  column.accessor('tier', { id: 'tier', ...byText((view) => formatLifetime(view.tier)) }),
  column.accessor((view) => view.osPid ?? 0, {
    id: 'osPid',
    ...byNumber((view) => view.osPid ?? 0),
  }),
  // Ascending means youngest first: the column shows ages.
  column.accessor('startedAt', { id: 'startedAt', ...byNumber((view) => -view.startedAt) }),
  column.accessor(bufferedBytes, { id: 'output', ...byNumber(bufferedBytes) }),
  column.accessor(exitText, { id: 'exit', ...byText(exitText) }),
  column.accessor((view) => (view.sandbox.network ? 1 : 0), {
    id: 'sandbox',
    ...byNumber((view) => (view.sandbox.network ? 1 : 0)),
  }),
]);

/** Ids and heads of the columns in their order. */
export const columnHeads: readonly { readonly id: ColumnId; readonly title: string }[] = [
  { id: 'label', title: 'Process' },
  { id: 'phase', title: 'State' },
  { id: 'capsule', title: 'Capsule' },
  { id: 'principal', title: 'Principal' },
  { id: 'tier', title: 'Lifetime' },
  { id: 'osPid', title: 'PID' },
  { id: 'startedAt', title: 'Age' },
  { id: 'output', title: 'Output' },
  { id: 'exit', title: 'Details' },
  { id: 'sandbox', title: 'Sandbox' },
];

export function bufferedBytes(view: ProcessView): number {
  return view.stdout.retained + view.stderr.retained;
}
