import { realpathSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { isThere } from '../trees/is-there.ts';
import { DiskMeter } from './disk-meter.ts';
import type { DiskReply, DiskRequest } from './protocol.ts';
import { countUnlinked } from './unlinked-files.ts';

/** Of `DiskLooks`: a million files take seconds here, where only looks wait. */
parentPort?.on('message', (request: DiskRequest) => {
  const meter = new DiskMeter(request.maxEntries);
  const canonical = request.folders.map(resolve);
  const folders = canonical.map((folder) => meter.measure(folder));
  const trees = request.trees.map((root) =>
    isThere(root) ? countUnlinked(meter, root.init, canonical) : { bytes: 0, entries: 0, hidden: false },
  );
  const reply: DiskReply = {
    id: request.id,
    folders,
    trees,
    problem: meter.problem,
    unsteady: meter.unsteady,
  };
  parentPort?.postMessage(reply);
});

function resolve(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    // Not there yet.
    return folder;
  }
}
