import { rmSync } from 'node:fs';
import path from 'node:path';

/**
 * electron-builder's `afterExtract`: the test Electron comes with a default application for development, which a
 * package has no use for.
 * @param {{appOutDir: string}} context
 */
export default function dropDefaultApp({ appOutDir }) {
  rmSync(path.join(appOutDir, 'resources', 'app'), { recursive: true, force: true });
}
