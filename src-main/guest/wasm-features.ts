import { setFlagsFromString } from 'node:v8';

/** A module whose one global is `1 + 2`: valid only with extended constant expressions (WebAssembly 3.0). */
const extendedConst = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x06, 0x09, 0x01, 0x7f, 0x00, 0x41, 0x01, 0x41, 0x02, 0x6a, 0x0b],
);

/**
 * Switches on what current tool chains use and Node 20's engine (V8 11.3) has only behind a flag.
 * Electron and later Nodes have it anyway, and there nothing is changed.
 */
export function enableWasmFeatures(): void {
  if (!WebAssembly.validate(extendedConst)) {
    setFlagsFromString('--experimental-wasm-extended-const');
  }
}
