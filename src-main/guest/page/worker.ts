import { nativeText } from '../native-text.ts';
import type { GuestStart } from '../protocol.ts';
import { startRealm } from '../realm/main.ts';
import type { Outer } from '../realm/outer.ts';
import { defineTextCodecs } from '../realm/text.ts';
import { moduleOf, realmStart, serveWire, type Guest, type Send } from '../serve-wire.ts';
import { REQUEST, SIZE_BYTES, wireMessage } from '../wire.ts';
import { bareRealm } from './bare-realm.ts';
import type { WorkerStart } from './page.ts';
import { createResponseReader } from './response-buffer.ts';

/** Of a worker; the types at hand are those of a page. */
declare function importScripts(...urls: readonly string[]): void;

/** Where the application puts the component's script, which gives the global object this name for its value. */
const SCRIPT = 'component.js';
const VALUE = 'component';

/** Held from before the realm is emptied. */
const loadScripts = importScripts;
const now = performance.now.bind(performance);
const random = crypto.getRandomValues.bind(crypto);

/**
 * The entry of the worker of a guest's page. It tells its time when asked, until a component comes: that one's script shares
 * this realm, of which nothing is left by then but the language.
 */
addEventListener('message', ({ data }: MessageEvent<WorkerStart>) => start(data), { once: true });

function start({ port, shared }: WorkerStart): void {
  const receive = createResponseReader(shared);
  const send: Send = (kind, ...parts) => port.postMessage(wireMessage(kind, ...parts));
  const handle = serveWire({
    send,
    exchange(frame) {
      send(REQUEST, frame);
      return receive();
    },
    create,
  });
  port.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.data instanceof Uint8Array) {
      handle(event.data[SIZE_BYTES] ?? 0, event.data.subarray(SIZE_BYTES + 1));
    } else {
      port.postMessage(now());
    }
  });
  port.start();
  defineTextCodecs(nativeText);
  bareRealm();
  port.postMessage(now());
}

function create(start: GuestStart, exchange: (frame: Uint8Array<ArrayBuffer>) => Uint8Array): Guest {
  /** What `take` gives. */
  let waiting: Uint8Array = new Uint8Array();
  const outer: Outer = {
    exchange(frame) {
      waiting = exchange(frame);
      return waiting.byteLength;
    },
    take: (into) => into.set(waiting),
    evaluate() {
      // It can load modules, which are those of this page: what they need is gone from its realm.
      loadScripts(SCRIPT);
      const component: unknown = Reflect.get(globalThis, VALUE);
      Reflect.deleteProperty(globalThis, VALUE);
      return component;
    },
    moduleOf: (name) => moduleOf(start, name),
    monotonicNs: () => BigInt(Math.round(now() * 1e6)) - start.monotonicAnchorNs,
    random: (into) => void random(into as Uint8Array<ArrayBuffer>),
    ...nativeText,
  };
  const realm = startRealm(outer, JSON.stringify(realmStart(start)));
  return {
    call(name, frame) {
      waiting = frame;
      return realm.call(name, frame.byteLength);
    },
  };
}
