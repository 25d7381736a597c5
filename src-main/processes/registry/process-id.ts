import { createHmac, randomBytes } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** Characters of an id. */
const LENGTH = 52;

/** A new process-id: 256 random bits as 52 lower-case base32 characters. Knowing it is the right to use it (with owner checks). */
export function newProcessId(): string {
  let id = '';
  let bits = 0;
  let value = 0;
  for (const byte of randomBytes(32)) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      id += ALPHABET[(value >>> bits) & 31];
      value &= (1 << bits) - 1;
    }
  }
  return id + ALPHABET[(value << (5 - bits)) & 31];
}

/**
 * What a guest gave as an id, in 160 bytes whatever it is: its length and its beginning. So a hash of it takes the same
 * time for a real id, a short text and ten megabytes, and nothing longer than an id can be equal to one.
 */
export function idBytes(id: string): Uint8Array {
  const beginning = id.slice(0, LENGTH + 1);
  // Up to three bytes of UTF-8 for each of 53 UTF-16 units, and one for the length; the rest stays zero.
  const bytes = Buffer.alloc(1 + 3 * (LENGTH + 1));
  bytes[0] = beginning.length;
  bytes.write(beginning, 1);
  return bytes;
}

/** Where a process-id may stand in a text: alone, or within a longer word. */
const IDS_IN_TEXT = /(?<![a-z2-7])[a-z2-7]{52,}/g;
const LAST_WORD = /(?<![a-z2-7])[a-z2-7]+$/;

/**
 * A text that a guest wrote, for a record: without process-ids, and no longer than `maxCharacters`.
 *
 * @param keyOf the name of an id; also of a longer word, which may have one in it
 */
export function withoutIds(text: string, maxCharacters: number, keyOf: (id: string) => string): string {
  const kept =
    text.length > maxCharacters
      ? // What is cut within an id would leave most of it.
        `${text.slice(0, maxCharacters).replace(LAST_WORD, '')}…`
      : text;
  return kept.replace(IDS_IN_TEXT, keyOf);
}

/** Hashes that only this registry can compute. */
export class KeyedHash {
  readonly #secret = randomBytes(32);

  /** 32 bytes, the same for the same parts as long as this registry lives. */
  digest(...parts: readonly (string | Uint8Array)[]): Uint8Array {
    const hmac = createHmac('sha256', this.#secret);
    for (const part of parts) {
      // With its size in front: no two lists of parts are the same bytes.
      hmac.update(`${String(part.length)}:`).update(part);
    }
    return hmac.digest();
  }

  /** The first 16 hex digits of `digest`: a name for windows and logs, from which nobody gets back to the parts. */
  of(...parts: readonly (string | Uint8Array)[]): string {
    return Buffer.from(this.digest(...parts)).toString('hex', 0, 8);
  }
}
