import path from 'node:path';
import { assertOwnCode } from '../check/assert-build.mjs';
import { root } from '../lib/paths.mjs';

const SOURCES = path.join(root, 'src-main', 'guest', 'realm');

/**
 * Gives `realm:NAME` the text of `src-main/guest/realm/NAME.ts` as one script, for a realm in which there is no module.
 * Its value is an object of what that file exports. It has nothing of Node: the bundler would not find it.
 * @type {import('esbuild').Plugin}
 */
export const realmScripts = {
  name: 'realm-scripts',
  setup(build) {
    build.onResolve({ filter: /^realm:/ }, ({ path: wanted }) => ({ path: wanted, namespace: 'realm' }));
    build.onLoad({ filter: /^realm:/, namespace: 'realm' }, async ({ path: wanted }) => {
      const { outputFiles, metafile } = await build.esbuild.build({
        absWorkingDir: root,
        entryPoints: [path.join(SOURCES, `${wanted.slice('realm:'.length)}.ts`)],
        bundle: true,
        write: false,
        metafile: true,
        format: 'iife',
        globalName: 'exported',
        platform: 'neutral',
        target: 'node20',
      });
      const files = Object.keys(metafile.inputs);
      assertOwnCode(`The script ${wanted}`, files);
      const script = `'use strict';(() => {\n${outputFiles[0]?.text ?? ''}\nreturn exported;\n})()`;
      return {
        contents: `export const script = ${JSON.stringify(script)};`,
        loader: 'js',
        watchFiles: files.map((file) => path.join(root, file)),
      };
    });
  },
};
