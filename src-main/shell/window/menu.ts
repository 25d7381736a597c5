import { dialog, Menu, type MenuItemConstructorOptions } from 'electron';
import type { Autostart } from '../start/autostart.ts';

export interface MenuOptions {
  /** Reload and developer tools exist only during development. */
  readonly development: boolean;
  /** Null where starting at login is not offered, as when run from source. */
  readonly autostart: Autostart | null;
}

/** The application's menu. */
export function setApplicationMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(template(options)));
}

function template({ development, autostart }: MenuOptions): MenuItemConstructorOptions[] {
  const developmentItems: MenuItemConstructorOptions[] = [
    separator,
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ];
  const loginItems = autostart === null ? [] : [loginItem(autostart), separator];
  return [
    process.platform === 'darwin'
      ? appMenu(loginItems)
      : { label: '&File', submenu: [...loginItems, { role: 'quit' }] },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(development ? developmentItems : []),
      ],
    },
    { role: 'windowMenu' },
  ];
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

/** The check mark always shows the system's setting, even when changing it failed. */
function loginItem(autostart: Autostart): MenuItemConstructorOptions {
  return {
    label: 'Start at login',
    type: 'checkbox',
    checked: autostart.isOn(),
    click: (item) => {
      try {
        autostart.set(item.checked);
      } catch (error) {
        dialog.showErrorBox('Could not change “Start at login”', String(error));
      }
      item.checked = autostart.isOn();
    },
  };
}

/** What macOS expects of an application's own menu (Electron's role for it takes no items of ours). */
function appMenu(loginItems: MenuItemConstructorOptions[]): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      separator,
      ...loginItems,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  };
}
