import { hasDisplay, isOnPath } from '../prepare/system-packages.mjs';

/**
 * What to say where no window can open, or null where one can. Every command in it does something when it is typed as it
 * stands.
 *
 * @param {{ env?: NodeJS.ProcessEnv, hasXvfb?: boolean }} [machine]
 * @returns {string | null}
 */
export function noDisplay({ env = process.env, hasXvfb = isOnPath('xvfb-run') } = {}) {
  if (hasDisplay(env)) {
    return null;
  }
  return [
    'There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.',
    hasXvfb
      ? 'With a virtual display:  xvfb-run -a npm start'
      : 'With a virtual display:  install xvfb-run (package xvfb or xorg-x11-server-Xvfb), then start again as this says',
    `Without any window:      ${WITHOUT_WINDOW}`,
    '',
  ].join('\n');
}

export const WITHOUT_WINDOW =
  'npm run --silent capsule -- run capsules/runner --grant all --invoke run --payload \'{"cmd":"date"}\'';
