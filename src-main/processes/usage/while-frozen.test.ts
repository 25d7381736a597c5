import { afterAll, expect, it } from 'vitest';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { makeWorkspace, OS_THREADS, outcome, script, until } from '../../os/testing.ts';
import { whileFrozen } from './while-frozen.ts';

const { path: workspace, remove } = makeWorkspace();
const spawner = new SandboxSpawner(OS_THREADS);

afterAll(async () => {
  await spawner.dispose();
  remove();
});

it('lets nothing run meanwhile, and afterwards what ran before, also when the work fails', async () => {
  const [one, other] = await Promise.all(
    ['sleep 60 & sleep 60', 'sleep 60'].map(async (text) => spawner.spawn(await script(workspace, text))),
  );
  const ended = await spawner.spawn(await script(workspace, 'exit 0'));
  await outcome(ended);
  await other?.signal('stop');
  const children = [one, other, ended].filter((child) => child !== undefined);
  const stopped = (): Promise<readonly (boolean | undefined)[]> =>
    Promise.all(children.map(async (child) => (await child.look())?.stopped));
  await until(async () => (await stopped())[1] === true);
  const work = async (): Promise<never> => {
    await until(async () => (await stopped())[0] === true);
    throw new Error(JSON.stringify(await stopped()));
  };
  await expect(whileFrozen(children, work)).rejects.toThrow('[true,true,null]');
  await until(async () => (await stopped())[0] === false);
  expect(await stopped()).toEqual([false, true, undefined]);
  for (const child of [one, other]) {
    child?.kill();
    await child?.exited;
    child?.stdout.close();
    child?.stderr.close();
  }
});
