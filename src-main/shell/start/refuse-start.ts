import { app, dialog } from 'electron';

/** The status of a start that was refused. */
const REFUSED = 1;

/** Says why the program does not start, on stderr and where the person sees it, and ends. */
export async function refuseStart(
  { message, detail }: { readonly message: string; readonly detail: string },
  log: (line: string) => void,
): Promise<void> {
  log(`${message}\n${detail}`);
  try {
    await app.whenReady();
    await dialog.showMessageBox({ type: 'error', title: app.getName(), message, detail });
  } finally {
    app.exit(REFUSED);
  }
}
