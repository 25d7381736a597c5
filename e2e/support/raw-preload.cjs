'use strict';
// Put in front of the preload by a test: gives the page what a renderer has that was taken over by native code, which is
// every channel to main, past the preload's checks.
const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('raw', {
  invoke: (...sent) => ipcRenderer.invoke(...sent),
  send: (...sent) => ipcRenderer.send(...sent),
  sendSync: (...sent) => ipcRenderer.sendSync(...sent),
  // What the bridge of the contexts would not let through.
  invokeMade: (channel, what) => ipcRenderer.invoke(channel, made[what]()),
});

const made = {
  buffer: () => new ArrayBuffer(64 * 1024 ** 2),
  map: () => new Map([['key', 'x'.repeat(64 * 1024 ** 2)]]),
  sparse: () => Object.assign([], { length: 2 ** 32 - 1 }),
  beside: () => ({ key: Object.assign([], { beside: 'x'.repeat(64 * 1024 ** 2) }) }),
  circle: () => {
    const circle = {};
    circle.self = circle;
    return circle;
  },
};
