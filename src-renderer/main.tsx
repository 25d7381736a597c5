import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './ui/base.css';
import './features/logs/logs.css';
import './app/shell.css';
import './features/processes/processes.css';
import './features/capsules/capsules.css';
import './features/updates/updates.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { pageClient } from './client/client.ts';
import { createStores, startStores } from './state/stores.ts';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
const stores = createStores({
  client: pageClient(window),
  memory: window.localStorage,
  frame(run) {
    const id = requestAnimationFrame(run);
    return () => cancelAnimationFrame(id);
  },
  now: () => Date.now(),
  newId: () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join('-'),
});
// Before the first paint, so that a dark window does not flash white.
const { scheme } = stores.view.getState();
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)').matches;
document.documentElement.setAttribute(
  'data-mantine-color-scheme',
  scheme === 'dark' || (scheme === 'auto' && systemIsDark) ? 'dark' : 'light',
);

startStores(stores, document);
const place = document.querySelector('#root');
if (place === null) {
  throw new Error('index.html has no element with the id "root"');
}
createRoot(place).render(<App stores={stores} nonce={nonce} />);
