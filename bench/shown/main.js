// Starts the application that BENCH_APP names as if it had been started itself, and prints a line when its
// first window is shown.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

app.on('browser-window-created', (_event, window) => {
  window.once('show', () => process.stdout.write('window shown\n'));
});

const folder = process.env['BENCH_APP'] ?? '';
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
app.setName(manifest.productName);
app.setAppPath(folder);
await import(pathToFileURL(join(folder, manifest.main)).href);
