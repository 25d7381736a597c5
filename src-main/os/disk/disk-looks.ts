import { statfs } from 'node:fs/promises';
import { AnsweringThread } from '../thread/answering-thread.ts';
import type { DiskUse } from './disk-meter.ts';
import type { DiskQuestion, DiskReply, DiskRequest, DiskSample } from './protocol.ts';

/** Looks at what folders take of their disk, in a thread of its own, and long looks in a second: nobody else's wait for them. */
export class DiskLooks {
  readonly #short: AnsweringThread<DiskRequest, DiskReply>;
  readonly #long: AnsweringThread<DiskRequest, DiskReply>;

  /** @param file the built `disk-thread.ts` */
  constructor(file: string) {
    this.#short = new AnsweringThread({ file });
    this.#long = new AnsweringThread({ file });
  }

  /**
   * @param long it may take long
   * @throws OsError `spawn-failed` when the thread was lost
   */
  look(question: DiskQuestion, long: boolean): Promise<DiskSample> {
    const thread = long ? this.#long : this.#short;
    return thread.ask({ ...question, id: thread.newId() });
  }

  /** Looks under way reject. */
  async dispose(): Promise<void> {
    await Promise.all([this.#short.cut(), this.#long.cut()]);
  }
}

/** What everybody has put on the disk that a folder lies on; cheap. Null where that cannot be known. */
export async function readDiskUse(folder: string): Promise<DiskUse | null> {
  const facts = await statfs(folder).catch(() => null);
  return facts === null
    ? null
    : { bytes: (facts.blocks - facts.bfree) * facts.bsize, entries: facts.files - facts.ffree };
}
