import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ICON_SIZES, renderIcons } from './icons.mjs';

/** @type {string} */
let folder;
/** @type {string[]} */
let names;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'icons-'));
  names = await renderIcons(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** RGBA of a PNG, decoded by drawing it into a picture of its own size. */
async function pixels(/** @type {string} */ name) {
  const png = readFileSync(path.join(folder, name));
  const { Resvg } = await import('@resvg/resvg-wasm');
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const image = `<image href="data:image/png;base64,${png.toString('base64')}" width="${width}" height="${height}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${image}</svg>`;
  const data = new Resvg(svg).render().pixels;
  const at = (/** @type {number} */ x, /** @type {number} */ y) => [
    ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
  ];
  return { width, height, at };
}

describe('the icons', () => {
  it('are one file for each size and the large one for macOS and Windows', () => {
    expect(readdirSync(folder).sort()).toEqual([...names].sort());
    expect(names).toEqual([...ICON_SIZES.map((size) => `${size}x${size}.png`), 'icon.png']);
    expect(readFileSync(path.join(folder, 'icon.png'))).toEqual(
      readFileSync(path.join(folder, '1024x1024.png')),
    );
  });

  it.each(ICON_SIZES)(
    'have %i pixels a side, a transparent ground and both halves of the capsule',
    async (size) => {
      const { width, height, at } = await pixels(`${size}x${size}.png`);
      expect([width, height]).toEqual([size, size]);
      const end = size - 1;
      for (const [x, y] of /** @type {const} */ ([
        [0, 0],
        [end, 0],
        [0, end],
        [end, end],
      ])) {
        expect(at(x, y)[3], `corner ${x},${y}`).toBe(0);
      }
      const share = (/** @type {number} */ part) => Math.floor(size * part);
      const [, , tileBlue = 0, tileAlpha] = at(share(0.2), share(0.5));
      expect(tileAlpha).toBe(255);
      expect(tileBlue).toBeGreaterThan(200);
      expect(Math.min(...at(share(0.36), share(0.64))), 'the closed half is white').toBeGreaterThan(245);
      const [red = 0, , blue = 0] = at(share(0.72), share(0.28));
      expect(blue - red, 'the open half is paler than white').toBeGreaterThan(40);
    },
  );

  it('leave the fine group out where it would be a smudge', async () => {
    const large = await pixels('512x512.png');
    const small = await pixels('32x32.png');
    // The centre of the outermost process: 742,512 of the drawing, turned by -45 degrees.
    const place = 512 + (742 - 512) * Math.SQRT1_2;
    const [x, y] = [place / 1024, (1024 - place) / 1024];
    expect(large.at(Math.floor(512 * x), Math.floor(512 * y))).toEqual([0x3b, 0x50, 0xc4, 255]);
    expect(small.at(Math.floor(32 * x), Math.floor(32 * y))).toEqual([0xb1, 0xc1, 0xff, 255]);
  });
});
