/**
 * Chromium refuses to run its sandbox as root on Linux. For every other user the sandbox stays on.
 * @returns {string[]}
 */
export function electronFlags() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
