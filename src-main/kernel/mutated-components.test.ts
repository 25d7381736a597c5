import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { queryObjects } from 'node:v8';
import { parse } from '@bytecodealliance/jco';
import { expect, inject, it } from 'vitest';
import { guestComponent } from '../../e2e/support/forged-guest.ts';
import { TypedError } from '../base/typed-error.ts';
import { until } from '../os/testing.ts';
import { guestFolder } from '../testing/guests.ts';
import { startKernel } from '../testing/kernel.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { mutated } from './testing/mutate.ts';

/** `MUTANTS=3000 npm run test:unit -- --project pages src-main/kernel` tries as many as the wall was tried with. */
const MUTANTS = Number(process.env['MUTANTS'] ?? 24);
const SEED = 20_261_127;
/** What main may have grown by afterwards; the first ones load what is loaded once. */
const GROWTH_BYTES = 50 * 1024 ** 2;
const FIRST = 12;

const CALLS_HOST = `(call $get-config (i32.const 0) (i32.const 8) (i32.const 2048)) (call $log (i32.const 2) (i32.const 0) (i32.const 8)) (i32.const 1024)`;

it(
  `${String(MUTANTS)} mutated components are each refused with words or do what they can, and leave nothing`,
  async () => {
    const { kernel, reported } = await startKernel();
    const folder = join(await temporaryFolder(), 'mutant');
    await mkdir(folder);
    await writeFile(
      join(folder, 'Capsule.toml'),
      '[package]\nname = "mutant"\nversion = "1.0.0"\n\n[[component]]\nfile = "c.wasm"\n',
    );
    // The small ones are types and names for the most part, the large one code and data.
    const originals = [
      await parse(guestComponent({ hook: CALLS_HOST })),
      await parse(
        guestComponent({
          hook: CALLS_HOST,
          install: '(call $log (i32.const 2) (i32.const 0) (i32.const 8))',
        }),
      ),
      await readFile(join(guestFolder('trap'), 'build', 'trap.wasm')),
    ];
    const ends = new Map<string, number>();
    let before = 0;
    for (let index = 0; index < FIRST + MUTANTS; index += 1) {
      if (index === FIRST) {
        before = residentBytes();
      }
      const original = originals[index % originals.length] ?? new Uint8Array();
      await writeFile(join(folder, 'c.wasm'), mutated(original, SEED + index));
      const end = await tryOut();
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    console.log(
      [...ends]
        .toSorted(([, a], [, b]) => b - a)
        .map(([end, count]) => `${String(count).padStart(6)} ${end}`)
        .join('\n'),
    );
    // Nobody else has come to harm, and the program that has the pages lives.
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    await expect(
      kernel.invoke({ capsule: 'probe', action: 'none', payload: '{"args":[]}' }),
    ).resolves.toBeDefined();
    expect(reported).toEqual([]);
    expect(readFileSync(`/proc/${String(inject('pageHostPid'))}/stat`, 'utf8')).not.toMatch(/\) [ZX] /);
    await kernel.remove('probe');
    await until(() => kernel.capsules().length === 0);
    const grown = residentBytes() - before;
    console.log(`main has grown by ${(grown / 1024 ** 2).toFixed(1)} MB`);
    expect(grown).toBeLessThan(GROWTH_BYTES);

    /** Installs it, calls it once, removes it; how that ended. */
    async function tryOut(): Promise<string> {
      try {
        await kernel.install(folder, { grants: 'all' });
        await kernel.invoke({ capsule: 'mutant', action: 'hook', timeoutMs: 2_000 });
        return 'ok';
      } catch (error) {
        if (!(error instanceof TypedError)) {
          throw error;
        }
        expect([error.message, error.hint]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
        return String(error.code);
      } finally {
        await kernel.remove('mutant').catch(() => undefined);
      }
    }
  },
  60_000 + MUTANTS * 2_000,
);

/** Of this process, when what is garbage has been collected. */
function residentBytes(): number {
  queryObjects(Object);
  return process.memoryUsage.rss();
}
