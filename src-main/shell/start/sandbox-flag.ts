export interface SandboxFacts {
  readonly packaged: boolean;
  /** Of the user who started the program; undefined on Windows. */
  readonly uid: number | undefined;
  /** Whether Chromium was told to do without its sandbox, by a flag or by the environment. */
  readonly noSandbox: boolean;
}

/** Why an installed program does not start, and what to do. */
export const NO_SANDBOX_MESSAGE = {
  message: 'Capsule Desktop was not started: it was told to do without its sandbox (--no-sandbox).',
  detail:
    'Without it, nothing would stand between the page of the window and your files. Start the program without ' +
    '--no-sandbox and without ELECTRON_DISABLE_SANDBOX.\n\n' +
    'If you gave neither, whatever started the program did: some AppImages do it where the system forbids ' +
    'ordinary users to have namespaces, as Ubuntu 24.04 does. Install the deb or rpm package there: it brings ' +
    'what the sandbox needs.',
} as const;

/**
 * Whether to refuse the start. Root may: Chromium has no sandbox for root at all, and asks for the flag. A program
 * from source is its developer's own business.
 */
export function lacksSandbox({ packaged, uid, noSandbox }: SandboxFacts): boolean {
  return packaged && noSandbox && uid !== 0;
}
