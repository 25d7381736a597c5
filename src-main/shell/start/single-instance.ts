import { app } from 'electron';
import { receivedHandover, type Handover } from './command-line.ts';

/**
 * One application per data folder: two would fight over its files. False when another one has the folder
 * already; what we were asked to open has then been handed to it.
 *
 * Electron would pass the other start's command line too, but with Chromium's flags put in between; the list
 * that travels beside it is what that start read from its own.
 *
 * @param own sent to the running application
 * @param onOther told what a later start was asked to open; null when it sent no list of ours
 */
export function claimSingleInstance(own: Handover, onOther: (handover: Handover | null) => void): boolean {
  if (!app.requestSingleInstanceLock({ ...own })) {
    return false;
  }
  app.on('second-instance', (_event, _argv, _folder, data) => onOther(receivedHandover(data)));
  return true;
}
