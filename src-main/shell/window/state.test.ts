import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WINDOW_MIN_HEIGHT, WINDOW_MIN_WIDTH } from '../constants.ts';
import { windowPlace, windowStateText, type Rectangle } from './state.ts';

const usual = { width: 1280, height: 800, maximised: false };
const laptop: Rectangle = { x: 0, y: 30, width: 1440, height: 870 };
const beside: Rectangle = { x: 1440, y: 0, width: 2560, height: 1440 };
const state = (x: number, y: number, width: number, height: number, maximised = false): string =>
  windowStateText({ bounds: { x, y, width, height }, maximised });

describe('where the window opens', () => {
  it.each<[string, string, Rectangle[], object]>([
    ['as it was left', state(100, 60, 900, 700), [laptop], { x: 100, y: 60, width: 900, height: 700 }],
    [
      'on the second display',
      state(2000, 5, 900, 700),
      [laptop, beside],
      { x: 2000, y: 5, width: 900, height: 700 },
    ],
    [
      'back when that display is gone',
      state(2000, 5, 900, 700),
      [laptop],
      { x: 540, y: 30, width: 900, height: 700 },
    ],
    [
      'smaller on a smaller display',
      state(0, 0, 2560, 1440),
      [laptop],
      { x: 0, y: 30, width: 1440, height: 870 },
    ],
    ['not smaller than it can be', state(9, 40, 10, 10), [laptop], { x: 9, y: 40, width: 640, height: 480 }],
  ])('is %s', (_what, kept, displays, place) => {
    expect(windowPlace(kept, displays)).toEqual({ ...place, maximised: false });
  });

  it('is maximised again, with the place it goes back to', () => {
    expect(windowPlace(state(100, 60, 900, 700, true), [laptop])).toMatchObject({ maximised: true, x: 100 });
  });

  it.each(['', ',"maximised":"yes"', ',"later":{}'])('is as it was left with%s in the file', (more) => {
    const kept = `{"x":100,"y":60,"width":900,"height":700${more}}`;
    expect(windowPlace(kept, [laptop])).toMatchObject({ x: 100, width: 900, maximised: false });
  });

  it.each([
    ['nothing', ''],
    ['half a file', '{"x":1,"y":'],
    ['another kind', '[1,2,3,4]'],
    ['null', 'null'],
    ['text for numbers', '{"x":"1","y":1,"width":900,"height":700}'],
    ['no whole numbers', '{"x":1.5,"y":1,"width":900,"height":700}'],
    ['numbers out of range', '{"x":1e300,"y":1,"width":900,"height":700}'],
    ['no size', '{"x":1,"y":1,"width":0,"height":-700}'],
    ['too long', `{"x":1,"y":1,"width":900,"height":700,"more":"${'x'.repeat(2_000)}"}`],
  ])('is the usual place when what was kept is %s', (_what, kept) => {
    expect(windowPlace(kept, [laptop])).toEqual(usual);
  });

  it('is the usual place without a display', () => {
    expect(windowPlace(state(1, 1, 900, 700), [])).toEqual(usual);
  });

  it('is whole on one display, whatever was kept', () => {
    const pixel = fc.integer({ min: -0x7fff, max: 0x7fff });
    const size = fc.integer({ min: 1, max: 0x7fff });
    const display = fc.record({
      x: fc.integer({ min: -10_000, max: 10_000 }),
      y: fc.integer({ min: -10_000, max: 10_000 }),
      width: fc.integer({ min: WINDOW_MIN_WIDTH, max: 8_000 }),
      height: fc.integer({ min: WINDOW_MIN_HEIGHT, max: 8_000 }),
    });
    const displays = fc.array(display, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pixel, pixel, size, size, displays, (x, y, width, height, areas) => {
        const place = windowPlace(state(x, y, width, height), areas);
        const whole = areas.some((area) => isInside({ x: 0, y: 0, ...place }, area));
        expect(whole).toBe(true);
        expect(place.width >= WINDOW_MIN_WIDTH && place.height >= WINDOW_MIN_HEIGHT).toBe(true);
      }),
    );
  });

  it('never fails on a damaged file', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (kept) => {
        expect(windowPlace(kept, [laptop]).width).toBeGreaterThanOrEqual(WINDOW_MIN_WIDTH);
      }),
    );
  });
});

function isInside(inner: Rectangle, outer: Rectangle): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}
