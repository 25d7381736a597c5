import type { PageEnd } from '../runtime/sandboxed-page.ts';

/** Messages between a test and the program that opens pages for it, a line of JSON each; bytes as base64. */
export type HostRequest = { readonly id: number } & (
  | { readonly act: 'open'; readonly files: Readonly<Record<string, string>> }
  | { readonly act: 'kill' }
  | { readonly act: 'serve'; readonly name: string; readonly script: string }
  | { readonly act: 'post' | 'respond'; readonly bytes: string }
);

export type HostEvent = { readonly id: number } & (
  | { readonly event: 'opened'; readonly pid: number; readonly zeroNs: string }
  | { readonly event: 'failed'; readonly message: string }
  /** Null for something else than bytes. */
  | { readonly event: 'message'; readonly bytes: string | null }
  | ({ readonly event: 'exited' } & PageEnd)
);
