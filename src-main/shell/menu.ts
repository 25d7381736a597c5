import { Menu, type MenuItemConstructorOptions } from 'electron';

/** The application's menu. Reload and developer tools exist only during development. */
export function setApplicationMenu(development: boolean): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(template(development)));
}

function template(development: boolean): MenuItemConstructorOptions[] {
  const developmentItems: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ];
  return [
    process.platform === 'darwin' ? { role: 'appMenu' } : { label: '&File', submenu: [{ role: 'quit' }] },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(development ? developmentItems : []),
      ],
    },
    { role: 'windowMenu' },
  ];
}
