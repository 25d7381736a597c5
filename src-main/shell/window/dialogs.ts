import { BrowserWindow, dialog, webContents, type OpenDialogOptions } from 'electron';

const questions: { readonly [Kind in 'archive' | 'folder']: OpenDialogOptions } = {
  archive: {
    title: 'Install a capsule',
    buttonLabel: 'Look at it',
    properties: ['openFile'],
    filters: [{ name: 'Capsules', extensions: ['capsule'] }],
  },
  folder: {
    title: 'Install a capsule from its folder',
    buttonLabel: 'Look at it',
    properties: ['openDirectory'],
  },
};

/** Asks for a capsule's file or folder, before the window that wants to know; null when called off. */
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
