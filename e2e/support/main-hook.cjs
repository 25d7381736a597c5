'use strict';
// Loaded in front of the application (`--require`), in tests only: runs functions that a test sends over a local
// socket. Playwright's own way through the inspector loses, under load, the promise it waits for, and so does its start.
const { connect } = require('node:net');
const { createInterface } = require('node:readline');
const { runInThisContext } = require('node:vm');
const { isMainThread } = require('node:worker_threads');

// Workers and children would load it as well.
if (isMainThread && process.env.CAPSULE_DESKTOP_E2E_SOCKET !== undefined) {
  const path = process.env.CAPSULE_DESKTOP_E2E_SOCKET;
  delete process.env.NODE_OPTIONS;
  delete process.env.CAPSULE_DESKTOP_E2E_SOCKET;
  const socket = connect(path);
  // The test may be gone first; the application is not to fail for it.
  socket.on('error', () => undefined);
  createInterface({ input: socket }).on('line', (line) => {
    void answer(JSON.parse(line)).then((reply) => socket.write(`${JSON.stringify(reply)}\n`));
  });
}

async function answer({ id, work, argument }) {
  try {
    const run = runInThisContext(`(${work})`);
    return { id, ok: true, value: (await run(require('electron'), argument)) ?? null };
  } catch (error) {
    return { id, ok: false, error: String(error?.stack) };
  }
}
