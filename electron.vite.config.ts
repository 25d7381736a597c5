import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { BUNDLED_CAPSULES } from './build/bundle/bundled-capsules.mjs';
import { recordInputs } from './build/bundle/inputs.mjs';

const here = (file: string): string => path.resolve(import.meta.dirname, file);

/**
 * The targets are those of the oldest Electron that runs us: the test Electron 33 (Node 20.18, Chromium 130).
 * The kernel's own files (out/kernel, with its threads) are made by build/bundle/kernel.mjs.
 */
export default defineConfig({
  main: {
    plugins: [recordInputs('main')],
    define: { BUNDLED_CAPSULES: JSON.stringify(BUNDLED_CAPSULES) },
    build: {
      target: 'node20.18',
      outDir: 'out/main',
      emptyOutDir: false,
      sourcemap: true,
      // Packages are bundled as well: an installed program has no node_modules.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: here('src-main/main.ts') },
        // The kernel has a file of its own, which is loaded while the window is being made.
        external: [/\/kernel\.ts$/],
        output: {
          paths: (id) => (id.endsWith('/kernel.ts') ? '../kernel/index.js' : id),
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: '[name].js',
        },
      },
    },
  },
  preload: {
    plugins: [recordInputs('preload')],
    build: {
      target: 'node20.18',
      outDir: 'out/preload',
      emptyOutDir: false,
      // A sandboxed preload is one CommonJS file that may require `electron` and nothing else.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: here('src-main/preload/index.ts'), guest: here('src-main/preload/guest.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: here('src-renderer'),
    plugins: [react(), recordInputs('renderer')],
    build: {
      target: 'chrome130',
      // Parsing is a good part of the time to the first window. The maps stay beside it and out of the package.
      minify: true,
      outDir: here('out/renderer'),
      emptyOutDir: false,
      sourcemap: true,
      // The content security policy allows neither inline scripts nor data: URLs for code.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: here('src-renderer/index.html') } },
    },
  },
});
