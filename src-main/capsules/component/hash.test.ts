import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { hashComponent, requireDeclaredHash, sourceUuid } from './hash.ts';
import { parseManifest } from '../manifest/manifest.ts';

describe('the hash of a component', () => {
  it.each([
    // The test vectors of the BLAKE3 team: input bytes count up modulo 251.
    [0, 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'],
    [1, '2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213'],
    [1_024, '42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7'],
  ])('of %i bytes is BLAKE3', (length, hash) => {
    expect(hashComponent(Uint8Array.from({ length }, (_, at) => at % 251))).toBe(hash);
  });
});

describe('a hash in the manifest', () => {
  it('must be the component’s', async () => {
    const text = await readFile(new URL('../../../e2e/guests/spinner/Capsule.toml', import.meta.url), 'utf8');
    const declared = 'ab'.repeat(32);
    const manifest = parseManifest(
      Buffer.from(
        text.replace('file = "build/spinner.wasm"', `file = "build/spinner.wasm"\nhash = "${declared}"`),
      ),
    );
    expect(() => requireDeclaredHash(manifest, declared)).not.toThrow();
    expect(() => requireDeclaredHash(manifest, 'cd'.repeat(32))).toThrow(
      expect.objectContaining({ code: 'component-hash-mismatch' }),
    );
    expect(() => requireDeclaredHash(parseManifest(Buffer.from(text)), declared)).not.toThrow();
  });
});

describe('the uuid of a capsule', () => {
  it('is of version 5 over its name and hash', () => {
    const uuid = sourceUuid('runner', 'ab'.repeat(32));
    // Made with Python's uuid.uuid5 in the same namespace.
    expect(uuid).toBe('fe060ab0-78cc-5512-8931-786e3a714021');
    expect(sourceUuid('runner', 'cd'.repeat(32))).not.toBe(uuid);
    expect(sourceUuid('runne', `r${'ab'.repeat(32)}`)).not.toBe(uuid);
  });
});
