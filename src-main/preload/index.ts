import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import {
  eventNames,
  requestEffects,
  type Bridge,
  type EventName,
  type Events,
  type RequestName,
  type Requests,
} from '../contract/requests.ts';
import { overBounds } from './own-bounds.ts';

const bridge: Bridge = {
  request: <Name extends RequestName>(name: Name, argument: Requests[Name]['argument']) => {
    refuseStranger(requestEffects, name);
    const error = overBounds(argument);
    return error === null ? ipcRenderer.invoke(name, argument) : Promise.resolve({ ok: false, error });
  },
  on: <Name extends EventName>(name: Name, listener: (value: Events[Name]) => void) => {
    refuseStranger(eventNames, name);
    // The event object stays here: it leads to `ipcRenderer`.
    const heard = (_event: IpcRendererEvent, value: Events[Name]): void => listener(value);
    ipcRenderer.on(name, heard);
    return () => {
      ipcRenderer.off(name, heard);
    };
  },
};

contextBridge.exposeInMainWorld('capsuleDesktop', bridge);

/** The page's types are not a check: a name counts only as the list's own key. */
function refuseStranger(listed: object, name: string): void {
  if (!Object.hasOwn(listed, name)) {
    throw new Error('capsuleDesktop: this name is not part of the contract');
  }
}
