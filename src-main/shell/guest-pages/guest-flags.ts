import { app } from 'electron';

/**
 * Chromium's switch for guests. Call before Electron is ready.
 *
 * V8 leaves the check of an address to the processor, whose signal it then takes for a trap. In a worker of a renderer of
 * Electron 33 that signal ends the process: there V8 is to compare, so that an access beyond the memory is the trap that
 * WebAssembly says, and the guest's own words are told.
 */
export function addGuestFlags(): void {
  app.commandLine.appendSwitch('js-flags', '--wasm-enforce-bounds-checks');
}
