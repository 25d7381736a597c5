import { expect, it } from 'vitest';
import { importsDynamically } from './dynamic-import.ts';

it.each([
  "import('node:fs')",
  "f(...import('node:fs'))",
  "import\n\t\u2028('node:fs')",
  "import /* a * b **/ // (c\n ('node:fs')",
  "await import/**/('node:fs')",
])('%j loads a module', (script) => {
  expect(importsDynamically(script)).toBe(true);
});

it.each([
  'imports(x)',
  '$import(x)',
  '_import(x)',
  "throw new Error('disallowed due to sync import call')",
  '/* enter an import, which (then) suspends */',
  `import${'/**/'.repeat(50_000)}`,
])('%.60j loads none', (script) => {
  expect(importsDynamically(script)).toBe(false);
});
