import { ipcRenderer, type IpcRendererEvent } from 'electron';
import { GUEST_PORTS } from '../contract/guest-ports.ts';

/** The page; the types at hand are those of Node. */
declare const window: {
  readonly postMessage: (message: string, origin: string, ports: IpcRendererEvent['ports']) => void;
};

// All that the preload of a guest's page does. A port can reach a page by no other way.
ipcRenderer.once(GUEST_PORTS, ({ ports }) => window.postMessage(GUEST_PORTS, '*', ports));
