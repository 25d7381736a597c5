import type { InstallStep } from '../../src-main/contract/kernel.ts';

const STEPS: Readonly<Record<InstallStep, string>> = {
  preparing: 'Preparing the component…',
  waiting: 'Waiting for another change of this capsule…',
  stopping: 'Stopping the installed version…',
  copying: 'Copying its files…',
  'running-hook': 'Running its install hook…',
  'rolling-back': 'Rolling back…',
};

/** What an installation is doing; null before its first step. */
export function formatInstallStep(step: InstallStep | null): string {
  return step === null ? 'Installing…' : STEPS[step];
}
