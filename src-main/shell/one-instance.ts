import { app, BrowserWindow } from 'electron';

/**
 * One application per data folder: two would fight over its files. False when another one has the folder
 * already; that one then comes to the front.
 */
export function claimOneInstance(): boolean {
  if (!app.requestSingleInstanceLock()) {
    return false;
  }
  app.on('second-instance', () => {
    for (const window of BrowserWindow.getAllWindows()) {
      window.restore();
      window.focus();
    }
  });
  return true;
}
