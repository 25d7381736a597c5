import * as z from 'zod/mini';
import { readJsonRecord } from '../../base/json-record.ts';
import {
  MAX_WINDOW_STATE_CHARACTERS,
  WINDOW_HEIGHT,
  WINDOW_MIN_HEIGHT,
  WINDOW_MIN_WIDTH,
  WINDOW_WIDTH,
} from '../constants.ts';

/** In device-independent pixels, as Electron has it; x and y may be negative beside a second display. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window was; `bounds` are those it has when it is not maximised. */
export interface WindowState {
  readonly bounds: Rectangle;
  readonly maximised: boolean;
}

/** How to open the window: without x and y the system chooses where. */
export interface WindowPlace {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  readonly maximised: boolean;
}

const DEFAULT_PLACE: WindowPlace = { width: WINDOW_WIDTH, height: WINDOW_HEIGHT, maximised: false };

/** X11 counts places in 16 bits; what is further away is no place. */
const pixel = z.int().check(z.minimum(-0x7fff), z.maximum(0x7fff));
const extent = pixel.check(z.positive());
const keptState = z.object({
  x: pixel,
  y: pixel,
  width: extent,
  height: extent,
  maximised: z.optional(z.unknown()),
});

export function windowStateText({ bounds: { x, y, width, height }, maximised }: WindowState): string {
  return `${JSON.stringify({ x, y, width, height, maximised })}\n`;
}

/**
 * Where the window opens: as it was left, but whole on a display that is there now. Anything that is not a
 * state of ours, or no display, gives the default.
 *
 * @param kept text of the file; empty when there is none
 * @param workAreas of the displays, without panels and docks
 */
export function windowPlace(kept: string, workAreas: readonly Rectangle[]): WindowPlace {
  const state = readState(kept);
  const [first] = workAreas;
  if (state === null || first === undefined) {
    return DEFAULT_PLACE;
  }
  const { bounds, maximised } = state;
  const area = workAreas.reduce((best, each) => (isNearer(each, best, bounds) ? each : best), first);
  // A display smaller than the smallest window shows its upper left part.
  const width = Math.max(Math.min(bounds.width, area.width), WINDOW_MIN_WIDTH);
  const height = Math.max(Math.min(bounds.height, area.height), WINDOW_MIN_HEIGHT);
  return {
    width,
    height,
    x: between(bounds.x, area.x, area.x + area.width - width),
    y: between(bounds.y, area.y, area.y + area.height - height),
    maximised,
  };
}

function readState(text: string): WindowState | null {
  if (text.length > MAX_WINDOW_STATE_CHARACTERS) {
    return null;
  }
  const kept = readJsonRecord('The window state', text, keptState);
  if (!kept.ok) {
    return null;
  }
  const { maximised, ...bounds } = kept.value;
  return { bounds, maximised: maximised === true };
}

/** The display with more of the window on it; with none of it on either, the one whose middle is nearer. */
function isNearer(area: Rectangle, than: Rectangle, window: Rectangle): boolean {
  const more = overlap(area, window) - overlap(than, window);
  return more > 0 || (more === 0 && distance(area, window) < distance(than, window));
}

function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(width, 0) * Math.max(height, 0);
}

function distance(a: Rectangle, b: Rectangle): number {
  return Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
}

/** `least` when there is no room between the two. */
function between(value: number, least: number, most: number): number {
  return Math.max(Math.min(value, most), least);
}
