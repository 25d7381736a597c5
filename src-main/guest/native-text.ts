import type { Outer } from './realm/outer.ts';

const decoders = {
  'utf-8': new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }),
  'utf-16': new TextDecoder('utf-16', { fatal: true, ignoreBOM: true }),
};
const encoder = new TextEncoder();

/** The engine's own text encoders, as the realm of a component is given them. */
export const nativeText: Pick<Outer, 'decode' | 'encodeInto'> = {
  decode(encoding, bytes) {
    try {
      return decoders[encoding].decode(bytes);
    } catch {
      return null;
    }
  },
  encodeInto(text, into, counts) {
    const { read, written } = encoder.encodeInto(text, into);
    counts[0] = read;
    counts[1] = written;
  },
};
