/** The part of Electron's `IpcMainInvokeEvent` that tells who is asking. */
export interface SenderEvent {
  readonly sender: { readonly id: number };
  /** Null when the frame was navigated or destroyed before its message was read. */
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
}

/**
 * Who may make requests: the main frame of a window that we created ourselves, while it shows a page of
 * our own origin. All three are asked every time; a frame whose URL cannot be read is refused.
 */
export class TrustedSenders {
  #ids = new Set<number>();
  readonly #origin: string;

  /** @param origin scheme and host, `app://capsule-desktop`; compared whole. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Trusts the web contents with this id until the returned function is called. */
  add(webContentsId: number): () => void {
    this.#ids.add(webContentsId);
    return () => {
      this.#ids.delete(webContentsId);
    };
  }

  accepts(event: SenderEvent): boolean {
    const frame = event.senderFrame;
    return (
      frame !== null &&
      this.#ids.has(event.sender.id) &&
      frame.parent === null &&
      originOf(frame.url) === this.#origin
    );
  }
}

/** `URL.origin` is "null" for schemes that Node does not know, so scheme and host are put together here. */
function originOf(url: string): string | null {
  if (!URL.canParse(url)) {
    return null;
  }
  const { protocol, host, username, password } = new URL(url);
  return username === '' && password === '' ? `${protocol}//${host}` : null;
}
