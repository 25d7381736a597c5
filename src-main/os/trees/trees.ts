import type { TreeOptions, TreeSample } from '../proc/tree-usage.ts';
import { AnsweringThread } from '../thread/answering-thread.ts';
import type { TreeReply, TreeRequest, TreeRoot } from './protocol.ts';

/**
 * Looks at trees of processes and signals them, each in a thread of its own, and long looks in a third. A look costs some
 * 0.1 ms for each of up to a thousand processes, 5 ms for each gigabyte that one of them has in common with others, and may wait
 * for a lock that one holds: seconds, in which somebody else's program must still hear its TERM before the KILL.
 */
export class Trees {
  readonly #looks: AnsweringThread<TreeRequest, TreeReply>;
  readonly #longLooks: AnsweringThread<TreeRequest, TreeReply>;
  readonly #signals: AnsweringThread<TreeRequest, TreeReply>;

  /** @param file the built `tree-thread.ts` */
  constructor(file: string) {
    this.#looks = new AnsweringThread({ file });
    this.#longLooks = new AnsweringThread({ file });
    this.#signals = new AnsweringThread({ file });
  }

  /**
   * Null when the sandbox has ended.
   *
   * @param long it may take long: the others do not wait for it
   * @throws OsError `spawn-failed` when the thread was lost
   */
  async look(root: TreeRoot, options: TreeOptions, long = false): Promise<TreeSample | null> {
    const thread = long ? this.#longLooks : this.#looks;
    const reply = await thread.ask({ ...root, kind: 'look', id: thread.newId(), options });
    return reply.kind === 'looked' ? reply.sample : null;
  }

  /**
   * Sends a signal to the whole tree, see `signalTree`; in the order of the calls. False when nothing was there.
   *
   * @throws OsError `spawn-failed` when the thread was lost: the signal may have been sent
   */
  async signal(root: TreeRoot, signal: number): Promise<boolean> {
    const reply = await this.#signals.ask({ ...root, kind: 'signal', id: this.#signals.newId(), signal });
    return reply.kind === 'signalled' && reply.reached;
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#looks, this.#longLooks, this.#signals].map((thread) => thread.dispose()));
  }
}
