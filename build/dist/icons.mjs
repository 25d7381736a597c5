import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageFile, root } from '../lib/paths.mjs';

/** What electron-builder looks for in an icon folder, `<size>x<size>.png`, and what desktops ask for. */
export const ICON_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

/** Up to this many pixels the group `fine` of the drawing would be a smudge. */
const COARSE_UP_TO = 32;

/** The renderer's WebAssembly may be started only once in a process. @type {Promise<void> | undefined} */
let started;

/**
 * Renders build/icon.svg into a folder: `<size>x<size>.png` for Linux, and `icon.png` (the largest), which
 * electron-builder converts for macOS and Windows.
 *
 * @param {string} folder is made when it is missing
 * @returns {Promise<string[]>} the names of the files
 */
export async function renderIcons(folder) {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm');
  await (started ??= initWasm(readFileSync(packageFile('@resvg/resvg-wasm/index_bg.wasm'))));
  const svg = readFileSync(path.join(root, 'build', 'icon.svg'), 'utf8');
  const largest = Math.max(...ICON_SIZES);
  mkdirSync(folder, { recursive: true });
  return ICON_SIZES.flatMap((size) => {
    const drawing = new Resvg(size <= COARSE_UP_TO ? withoutFine(svg) : svg, {
      fitTo: { mode: 'width', value: size },
    });
    const image = drawing.render();
    const png = image.asPng();
    image.free();
    drawing.free();
    const names = [`${size}x${size}.png`, ...(size === largest ? ['icon.png'] : [])];
    for (const name of names) {
      writeFileSync(path.join(folder, name), png);
    }
    return names;
  });
}

function withoutFine(/** @type {string} */ svg) {
  const coarse = svg.replace('<g id="fine">', '<g id="fine" display="none">');
  if (coarse === svg) {
    throw new Error('build/icon.svg has no group <g id="fine">, which small sizes leave out.');
  }
  return coarse;
}
