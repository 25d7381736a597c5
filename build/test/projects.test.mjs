import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testProjects } from './projects.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'capsule-projects-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** @param {Record<string, string>} files */
function projectsOf(files) {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return testProjects(folder);
}

it.each([
  ['reaches only what computes', "import { a } from './a.ts';", 'pure'],
  ['needs only the type of what starts something', "import type { B } from './b.ts';", 'pure'],
  ['reaches what starts a process', "import { b } from './b.ts';", 'system'],
  ['reaches it late', "const { b } = await import('./b.ts');", 'system'],
  ['reaches it in a circle', "import './c.ts';", 'system'],
  ['reaches a helper that names what is built', "import './testing/kernel.ts';", 'guests'],
])('a test that %s', (_what, text, project) => {
  const projects = projectsOf({
    'src-main/x.test.ts': text,
    'src-main/a.ts': 'export const a = 1;',
    'src-main/b.ts': "import { spawn } from 'node:child_process';\nexport const b = spawn;",
    'src-main/c.ts': "import './d.ts';",
    'src-main/d.ts': "import './c.ts';\nexport * from './b.ts';",
    'src-main/testing/kernel.ts': "import 'node:net';",
  });
  expect(projects).toEqual({
    pure: [],
    window: [],
    system: [],
    guests: [],
    [project]: ['src-main/x.test.ts'],
  });
});

it('a component of the window is tested in a page', () => {
  expect(projectsOf({ 'src-renderer/ui/x.test.tsx': '' }).window).toEqual(['src-renderer/ui/x.test.tsx']);
});
