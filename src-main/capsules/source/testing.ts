import { Buffer } from 'node:buffer';

export const MANIFEST = '[package]\nname = "demo"\nversion = "1.0.0"\n[[component]]\nfile = "demo.wasm"\n';
/** The smallest component: a preamble and nothing else. It reads, though it could not run. */
export const COMPONENT = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);
/** What a tar consists of, in bytes. */
export const BLOCK = 512;

export interface HeaderFields {
  readonly type?: string;
  readonly magic?: string;
  /** As it stands in the header, where it is not the length of the content. */
  readonly size?: string;
}

/** A header written by hand, its data behind it. */
export function entry(
  name: string,
  data: Uint8Array,
  { type = '0', magic, size }: HeaderFields = {},
): Uint8Array[] {
  const header = Buffer.alloc(BLOCK);
  header.write(name);
  header.write('0000644\x000000000\x000000000\0', 100);
  header.write(size ?? `${data.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('00000000000\0', 136);
  header.write(type, 156);
  header.write(magic ?? 'ustar\x0000', 257, 'latin1');
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, padded(data)];
}

export function pax(records: Readonly<Record<string, string>>, type = 'x'): Uint8Array[] {
  return entry('PaxHeader/x', Buffer.concat(Object.entries(records).map(paxRecord)), { type });
}

export function paxRecord([key, value]: readonly [string, string]): Buffer {
  const rest = ` ${key}=${value}\n`;
  const bare = Buffer.byteLength(rest);
  const length = [1, 2, 3, 4, 5, 6, 7]
    .map((digits) => bare + digits)
    .find((sum) => `${sum}`.length === sum - bare);
  return Buffer.from(`${length}${rest}`);
}

function padded(data: Uint8Array): Uint8Array {
  return Buffer.concat([data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)]);
}
