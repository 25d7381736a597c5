/** How the window looks and what is chosen in it. Kept over a reload and a restart. */
export interface ViewState {
  readonly place: 'processes' | 'capsules';
  readonly scheme: 'auto' | 'light' | 'dark';
  readonly filter: string;
  readonly sortColumn: string;
  readonly sortDescending: boolean;
  readonly grouped: boolean;
  /** Capsules whose processes are collapsed. */
  readonly collapsed: readonly string[];
  /** Keys of selected processes. */
  readonly selected: readonly string[];
  /** Key of the process whose log is open; empty for none. */
  readonly openLog: string;
  /** Share of the table's height when a log is open, percent. */
  readonly tableShare: number;
  readonly logMode: 'stdout' | 'stderr' | 'both';
  readonly wrap: boolean;
  readonly times: 'off' | 'relative' | 'local';
  /** Id of the capsule on show; empty for the first. */
  readonly capsule: string;
}

export const defaultView: ViewState = {
  place: 'processes',
  scheme: 'auto',
  filter: '',
  sortColumn: 'startedAt',
  sortDescending: false,
  grouped: true,
  collapsed: [],
  selected: [],
  openLog: '',
  tableShare: 55,
  logMode: 'both',
  wrap: false,
  times: 'off',
  capsule: '',
};
