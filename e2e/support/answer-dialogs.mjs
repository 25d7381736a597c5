// The entry of a program that a test packed: confirms what main asks the operator, and writes down what it asked. Nobody
// clicks in the system's dialog, and the fuses of a packaged program let no test into its main process.
import { appendFileSync } from 'node:fs';
import { dialog } from 'electron';

const show = dialog.showMessageBox.bind(dialog);
dialog.showMessageBox = (...given) => {
  const { message, buttons = [] } = given.at(-1);
  if (buttons[0] !== 'Cancel') {
    return show(...given);
  }
  appendFileSync(process.env.CAPSULE_DESKTOP_E2E_CONFIRMED, `${message}\n`);
  return Promise.resolve({ response: buttons.length - 1, checkboxChecked: false });
};
await import(new URL('out/main/index.js', import.meta.url).href);
