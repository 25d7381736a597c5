import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleKernel } from '../bundle/kernel.mjs';
import { createLog } from '../lib/log.mjs';
import { buildComponents } from '../prepare/components.mjs';
import { linkEach, prepareComponents } from './prepared-components.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder like the `transpiled` of a data folder, with all that was prepared so far; it lasts as long as the run. */
    preparedComponents: string;
  }
}

/** What the tests with guests need: workers of the source under test, and components built and prepared once. */
export async function setup(project: TestProject): Promise<() => void> {
  const log = createLog({ quiet: true });
  await log.step('components', buildComponents);
  await log.step('kernel', bundleKernel);
  const folder = mkdtempSync(path.join(tmpdir(), 'capsule-prepared-'));
  await log.step('prepared components', async () => {
    const { prepared, worked } = await prepareComponents();
    linkEach(prepared, folder);
    return { worked };
  });
  project.provide('preparedComponents', folder);
  return () => rmSync(folder, { recursive: true });
}
