import { randomBytes } from 'node:crypto';
import {
  MessageChannelMain,
  session,
  WebContentsView,
  type MessagePortMain,
  type WebContents,
} from 'electron';
import { GUEST_PORTS } from '../../contract/guest-ports.ts';
import type { OpenPage, PageEnd, SandboxedPage } from '../../runtime/sandboxed-page.ts';
import { GUEST_PAGE_START_MS, GUEST_SCHEME } from '../constants.ts';
import { LOCKED_PREFERENCES, lockDownContents, lockDownSession } from '../page/lockdown.ts';
import { greetWorker } from './greet-worker.ts';
import { serveSites, type Site, type SiteFile } from './site.ts';

export interface GuestPageOptions {
  /** Absolute path of the built `preload/guest.ts`. */
  readonly preload: string;
  /** Reads a file of the built `guest/page/`. */
  readonly read: (file: string) => Promise<Uint8Array>;
  readonly log: (line: string) => void;
}

/** Of a session that keeps nothing on a disk. */
const PARTITION = 'guests';

/**
 * Opens pages without a window for guests: each in a sandboxed renderer process of its own, since each is a site of its own,
 * with a session that reaches nothing.
 */
export function createGuestPages({ preload, read, log }: GuestPageOptions): OpenPage {
  const guests = session.fromPartition(PARTITION);
  const locked = lockDownSession(guests, null);
  const sites = new Map<string, Site>();
  /** Kept as long as their pages: a view that is collected takes its page with it. */
  const views = new Set<WebContentsView>();
  serveSites(guests, sites);

  return async (files) => {
    await locked;
    const host = randomBytes(16).toString('hex');
    const site: Site = new Map<string, SiteFile>([
      ['page.html', () => '<!doctype html><script src="page.js"></script>'],
      ['page.js', () => read('guest-page.js')],
      ...Object.entries(files).map(([name, file]): [string, SiteFile] => [name, () => read(file)]),
    ]);
    sites.set(host, site);
    const view = new WebContentsView({
      webPreferences: {
        ...LOCKED_PREFERENCES,
        session: guests,
        preload,
        images: false,
        webgl: false,
        disableDialogs: true,
        // It is never shown, and works for its living.
        backgroundThrottling: false,
      },
    });
    const contents = view.webContents;
    const home = `${GUEST_SCHEME}://${host}/page.html`;
    lockDownContents(contents, home, log);
    views.add(view);
    const page = new Page(contents, site);
    page.exited
      .then(() => {
        views.delete(view);
        sites.delete(host);
        // Nothing of ours stores anything; what a page that was taken over did would stay in this process's memory.
        return guests.clearStorageData({ origin: `${GUEST_SCHEME}://${host}` });
      })
      .catch((error: unknown) => log(`what a guest's page stored could not be cleared: ${String(error)}`));
    return page.open(home);
  };
}

class Page implements SandboxedPage {
  zeroNs = 0n;
  /** Of the process that was opened: another one, for what it shows afterwards, is never that of the guest. */
  #pid = 0;
  readonly exited: Promise<PageEnd>;
  readonly #contents: WebContents;
  readonly #site: Site;
  readonly #toWorker = new MessageChannelMain();
  readonly #toPage = new MessageChannelMain();
  #end: (end: PageEnd) => void = () => undefined;
  #ended = false;

  constructor(contents: WebContents, site: Site) {
    this.#contents = contents;
    this.#site = site;
    this.exited = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#contents.once('render-process-gone', (_event, { reason, exitCode }) =>
      this.#gone({ reason, exitCode }),
    );
    // Ours has none, and one with an origin of its own would get another process, of which nothing here knows.
    this.#contents.on('frame-created', (_event, { frame }) => {
      if (frame?.parent !== null) {
        this.kill();
      }
    });
    // It closed itself, or was closed before it had a process.
    this.#contents.once('destroyed', () => this.#gone({ reason: 'killed', exitCode: 0 }));
  }

  get pid(): number {
    return this.#pid;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when its worker waits for messages; rejects, and nothing is left of it, when it does not come to that. */
  async open(home: string): Promise<this> {
    const late = setTimeout(() => this.kill(), GUEST_PAGE_START_MS);
    const gone = this.exited.then(({ reason }): never => {
      throw new Error(`its process ended: ${reason}`);
    });
    try {
      // Loading comes to no end when the page is closed meanwhile.
      await Promise.race([this.#contents.loadURL(home), gone]);
      this.#pid = this.#contents.getOSProcessId();
      const { port1: worker, port2: workerEnd } = this.#toWorker;
      const { port1: page, port2: pageEnd } = this.#toPage;
      this.#contents.postMessage(GUEST_PORTS, null, [workerEnd, pageEnd]);
      // Its worker failed, or is gone: it can do nothing any more.
      page.once('message', () => this.kill());
      page.start();
      worker.once('close', () => this.kill());
      this.zeroNs = await Promise.race([greetWorker(worker), gone]);
      return this;
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  serve(name: string, script: string): void {
    this.#site.set(name, () => script);
  }

  post(message: Uint8Array): void {
    post(this.#toWorker.port1, message);
  }

  respond(response: Uint8Array): void {
    post(this.#toPage.port1, response);
  }

  listen(onMessage: (data: unknown) => void): void {
    this.#toWorker.port1.on('message', ({ data }) => onMessage(data));
  }

  kill(): void {
    if (this.#ended) {
      return;
    }
    const pid = this.#contents.getOSProcessId();
    if (pid > 0) {
      // Closing asks the page first, and one that was stopped answers nothing.
      killProcess(pid);
    } else {
      this.#contents.close();
    }
  }

  #gone(end: PageEnd): void {
    if (!this.#ended) {
      this.#ended = true;
      this.#toWorker.port1.close();
      this.#toPage.port1.close();
      // A destroyed one throws at whatever is asked of it.
      if (!this.#contents.isDestroyed()) {
        this.#contents.close();
      }
      this.#end(end);
    }
  }
}

/** One that has ended already is told soon. */
function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) {
      throw error;
    }
  }
}

function post(port: MessagePortMain, message: Uint8Array): void {
  port.postMessage(message);
}
