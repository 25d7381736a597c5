import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseManifest } from './manifest.ts';

/** The first block of code in `language` below the heading. */
function example(file: string, heading: string, language: string): string {
  const [, rest = ''] = readFileSync(file, 'utf8').split(`\n## ${heading}\n`);
  return new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(rest)?.[1] ?? '';
}

describe('the example of a capsule', () => {
  it.each([
    ['README.md', 'Write a capsule'],
    ['docs/capsule-authoring.md', 'The manifest'],
  ])('in %s has a manifest without a warning, and the window offers its action', (file, heading) => {
    const manifest = parseManifest(new TextEncoder().encode(example(file, heading, 'toml')));
    expect(manifest).toMatchObject({ id: 'hello', warnings: [], actions: [{ action: 'greet' }] });
  });

  it('in README.md handles that action', () => {
    expect(example('README.md', 'Write a capsule', 'ts')).toContain('greet: (payload)');
  });
});
