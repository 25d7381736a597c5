import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

// What Electron's own default app does for a development run: the first argument that is no flag is the
// folder of an application, which becomes ours. This is an ES module that awaits the application, because
// Electron holds back `ready` until the main module has been evaluated: an application that is an ES module
// itself can then still register schemes and set paths before `ready`.
const folder = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (folder === undefined) {
  process.stderr.write('usage: electron <folder of an application>\n');
  process.exit(1);
}

const appPath = path.resolve(folder);
const manifest = JSON.parse(readFileSync(path.join(appPath, 'package.json'), 'utf8'));
// Electron's own default app uses these two as well; they are in no documentation and in no types.
/** @type {any} */
const internals = app;
app.setName(manifest.productName ?? manifest.name);
internals.setVersion(manifest.version ?? '0.0.0');
internals.setAppPath(appPath);
app.setPath('userData', path.join(app.getPath('appData'), app.getName()));

await import(pathToFileURL(path.join(appPath, manifest.main ?? 'index.js')).href);
