export interface SandboxFacts {
  readonly packaged: boolean;
  /** Of the user who started the program; undefined on Windows. */
  readonly uid: number | undefined;
  /** Whether Chromium's sandbox was turned off, by a flag or by the environment. */
  readonly noSandbox: boolean;
}

/** Why an installed program does not start, and what to do. */
export const NO_SANDBOX_MESSAGE = {
  message: 'Capsule Desktop did not start: --no-sandbox is not supported in installed builds.',
  detail:
    'Without the sandbox, the page in the window would have access to your files. Start Capsule Desktop without ' +
    '--no-sandbox and without ELECTRON_DISABLE_SANDBOX.\n\n' +
    'If you set neither, the launcher did: some AppImages add the flag on systems that do not allow unprivileged ' +
    'user namespaces, such as Ubuntu 24.04. Install the deb or rpm package there: it includes what the sandbox needs.',
} as const;

/**
 * Whether to refuse the start. Root is exempt: Chromium has no sandbox for root and requires the flag. Builds from source
 * are exempt too.
 */
export function lacksSandbox({ packaged, uid, noSandbox }: SandboxFacts): boolean {
  return packaged && noSandbox && uid !== 0;
}
