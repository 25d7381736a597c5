import { rmSync } from 'node:fs';
import path from 'node:path';
import { Arch, build, Platform } from 'electron-builder';

// A program of its own, so that its environment and its many messages are: argument 1 is the job as JSON.
/** @type {{plan: import('./targets.mjs').Plan, config: import('electron-builder').Configuration}} */
const { plan, config } = JSON.parse(process.argv[2] ?? '');
const platforms = { linux: Platform.LINUX, darwin: Platform.MAC, win32: Platform.WINDOWS };
/** @type {Map<Arch, string[]>} */
const byArch = new Map();
for (const { target, arch } of plan.targets) {
  const key = Arch[arch];
  byArch.set(key, [...(byArch.get(key) ?? []), target]);
}
await build({
  targets: new Map([[platforms[plan.platform], byArch]]),
  config: { ...config, afterExtract: dropDefaultApp },
  publish: 'never',
});

/**
 * The test Electron comes with a default application for development, which a package has no use for.
 * @param {{appOutDir: string}} context
 */
async function dropDefaultApp({ appOutDir }) {
  rmSync(path.join(appOutDir, 'resources', 'app'), { recursive: true, force: true });
}
