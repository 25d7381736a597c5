import { prepareOrExit } from './prepare.mjs';

// `npm run build`: everything that the application is made of, without Electron itself.
await prepareOrExit({ window: false, components: true, build: 'app' });
