import { timingSafeEqual } from 'node:crypto';
import type { LogStream } from '../../contract/views.ts';
import { noSuchProcess } from '../process-error.ts';
import type { KeyedHash } from './process-id.ts';

/** A read position as a guest holds it: good for this process and stream only, and for nobody to make up. */
export function encodeCursor(hash: KeyedHash, id: string, stream: LogStream, offset: number): string {
  const position = offset.toString(16);
  return `${position}.${hash.of('cursor', id, stream, position)}`;
}

/** The offset in `token`. Throws `no-such-process` when it is malformed or was given out for something else. */
export function decodeCursor(hash: KeyedHash, id: string, stream: LogStream, token: string): number {
  const [, position = '', mark = ''] = /^([0-9a-f]{1,14})\.([0-9a-f]{16})$/.exec(token) ?? [];
  const expected = hash.of('cursor', id, stream, position);
  if (mark.length !== expected.length || !timingSafeEqual(Buffer.from(mark), Buffer.from(expected))) {
    throw noSuchProcess();
  }
  return Number.parseInt(position, 16);
}
