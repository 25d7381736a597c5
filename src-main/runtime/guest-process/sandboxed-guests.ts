import type { GuestProcesses } from './guest-process.ts';

export interface SandboxedGuestsOptions {
  readonly programs: GuestProcesses;
  readonly threads: GuestProcesses;
  /** Whether programs can be sandboxed here. */
  readonly sandboxed: Promise<{ readonly ok: boolean; readonly detail: string }>;
  readonly report: (message: string, error: unknown) => void;
}

/** Guests in processes where they can be sandboxed; elsewhere in threads of this program, which is said once. */
export function sandboxedGuests({
  programs,
  threads,
  sandboxed,
  report,
}: SandboxedGuestsOptions): GuestProcesses {
  const chosen = sandboxed.then(({ ok, detail }) => {
    if (!ok) {
      report('capsules run in threads of this program, as no sandbox can be made for them', detail);
    }
    return ok ? programs : threads;
  });
  // A component is loaded before any instance of it starts.
  let kind = threads;
  return {
    async load(component) {
      kind = await chosen;
      return kind.load(component);
    },
    start: (handlers) => kind.start(handlers),
  };
}
