import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack as createPack } from 'tar-stream';
import { MANIFEST_NAME, type CapsuleContent } from './source-content.ts';

/** Where the gzip header names the operating system; 255 is "unknown" (RFC 1952, section 2.3.1). */
const GZIP_OS_OFFSET = 9;
const GZIP_OS_UNKNOWN = 255;

/**
 * The bytes of a `.capsule` file with that content: `Capsule.toml`, the component, the rest sorted, `wit/`
 * last. Times and owners are zero and modes 0644, so the same files give the same bytes.
 */
export async function packCapsule(content: CapsuleContent): Promise<Uint8Array> {
  const tar = createPack();
  const whole = buffer(tar);
  for (const path of packOrder(content)) {
    const bytes = (await content.files.get(path)?.read()) ?? new Uint8Array();
    tar.entry(
      { name: path, mtime: new Date(0), mode: 0o644, uid: 0, gid: 0, uname: '', gname: '' },
      Buffer.from(bytes),
    );
  }
  tar.finalize();
  const packed = await promisify(gzip)(await whole, { level: 9 });
  packed[GZIP_OS_OFFSET] = GZIP_OS_UNKNOWN;
  return packed;
}

function packOrder(content: CapsuleContent): readonly string[] {
  const rank = (path: string): number => {
    if (path === MANIFEST_NAME) {
      return 0;
    }
    if (path === content.manifest.component?.file) {
      return 1;
    }
    return path.startsWith('wit/') ? 3 : 2;
  };
  const byOrder = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : 1);
  return [...content.files.keys()].sort(byOrder);
}
