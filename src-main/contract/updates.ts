/** Where updating stands; every step but the ones under way waits for the person. */
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
  /** Address of the folder that offers versions; null means off, and then nothing is ever asked of a network. */
  readonly feed: string | null;
  readonly step: UpdateStep;
}

/** What a person can ask for. */
export type UpdateAction = 'check' | 'download' | 'cancel' | 'install';
