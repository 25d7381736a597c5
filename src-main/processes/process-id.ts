import { createHmac, randomBytes } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

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

/** The name of a process for windows and logs: from it nobody gets back to the id. */
export class KeyedHash {
  readonly #secret = randomBytes(32);

  /** 16 hex digits, the same for one id as long as this registry lives. */
  of(...parts: readonly string[]): string {
    return createHmac('sha256', this.#secret).update(parts.join('\0')).digest('hex').slice(0, 16);
  }
}
