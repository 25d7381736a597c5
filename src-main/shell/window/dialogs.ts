import { app, BrowserWindow, dialog, webContents, type OpenDialogOptions } from 'electron';

const questions: { readonly [Kind in 'archive' | 'folder']: OpenDialogOptions } = {
  archive: {
    title: 'Install a capsule',
    buttonLabel: 'Review',
    properties: ['openFile'],
    filters: [{ name: 'Capsules', extensions: ['capsule'] }],
  },
  folder: {
    title: 'Install a capsule from a folder',
    buttonLabel: 'Review',
    properties: ['openDirectory'],
  },
};

/** A question to the operator, in the system's dialog over the window: the page can neither draw nor answer it. */
export async function confirmInDialog(
  window: BrowserWindow,
  { message, detail, accept }: { readonly message: string; readonly detail: string; readonly accept: string },
): Promise<boolean> {
  if (window.isDestroyed()) {
    return false;
  }
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    title: app.getName(),
    message,
    detail,
    buttons: ['Cancel', accept],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
    normalizeAccessKeys: false,
  });
  return response === 1;
}

/** Asks for a capsule's file or folder in a dialog of the given window; null when cancelled. */
export async function chooseCapsule(
  kind: 'archive' | 'folder',
  window: { readonly id: number },
): Promise<string | null> {
  const contents = webContents.fromId(window.id);
  const parent = contents === undefined ? null : BrowserWindow.fromWebContents(contents);
  if (parent === null) {
    return null;
  }
  const { canceled, filePaths } = await dialog.showOpenDialog(parent, questions[kind]);
  return canceled ? null : (filePaths[0] ?? null);
}
