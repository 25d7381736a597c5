import { resolve } from 'node:path';

/** The top folder of the tree that the tests lie in. */
export const root = resolve(import.meta.dirname, '..', '..');
