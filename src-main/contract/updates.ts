/** Current update state; every state except those in progress waits for the user. */
export type UpdateStep =
  /** `reason` is why a configured feed is not used, empty when none is configured. */
  | { readonly state: 'off'; readonly reason: string }
  /** This program cannot replace itself; `reason` says what to do instead. */
  | { readonly state: 'unsupported'; readonly reason: string }
  | { readonly state: 'idle' }
  | { readonly state: 'checking' }
  | { readonly state: 'current' }
  | { readonly state: 'available'; readonly version: string }
  /** Whole percents. */
  | { readonly state: 'downloading'; readonly version: string; readonly percent: number }
  | { readonly state: 'ready'; readonly version: string }
  | { readonly state: 'installing'; readonly version: string }
  | (UpdateFailure & { readonly state: 'failed'; readonly retry: 'check' })
  | (UpdateFailure & {
      readonly state: 'failed';
      readonly retry: 'download' | 'install';
      readonly version: string;
    });

interface UpdateFailure {
  readonly message: string;
  readonly hint: string;
}

export interface UpdateView {
  /** Address of the update feed; null means that updates are off and the network is never used. */
  readonly feed: string | null;
  readonly step: UpdateStep;
}

/** What the user can do. */
export type UpdateAction = 'check' | 'download' | 'cancel' | 'install';
