import { BrowserWindow, dialog, webContents, type OpenDialogOptions } from 'electron';

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
