import type { AstridKvHost1_0_0 } from '../../src-main/host/generated/astrid-kv-1-0-0.ts';
import { sketch } from './shape.ts';

/** The namespace of one capsule and principal; `null` stands for an absent key. */
interface KvStore {
  readonly get: (key: string) => Promise<Uint8Array | null>;
  /** False when the value is not `expected`. Durable when it resolves. */
  readonly swap: (key: string, expected: Uint8Array | null, value: Uint8Array) => Promise<boolean>;
  readonly keys: (prefix: string, after: string | null, limit: number) => Promise<readonly string[]>;
}

declare const storeOf: (capsule: string, principal: string) => KvStore;
declare const requireKey: (key: string) => string;
declare const mismatch: () => Error;

const STORE = [{ kind: 'store', capability: 'kv' }] as const;

/** A namespace and one checked key in it: no effect, so that a bad key is refused before anything is charged. */
const entry = (call: { readonly capsule: string; readonly principal: string }, key: string) => ({
  store: storeOf(call.capsule, call.principal),
  key: requireKey(key),
});

export const get = sketch<AstridKvHost1_0_0['kv-get'], ReturnType<typeof entry>>({
  subject: entry,
  needs: () => STORE,
  audit: 'refusals',
  target: ({ key }) => key,
  run: async (_call, { store, key }) => (await store.get(key)) ?? undefined,
});

/** Bytes a second as a rate; what lies in the store stays the store's to count, which outlives every handle. */
export const cas = sketch<
  AstridKvHost1_0_0['kv-cas'],
  ReturnType<typeof entry> & { readonly value: Uint8Array }
>({
  subject: (call, key, _expected, value) => ({ ...entry(call, key), value }),
  needs: () => STORE,
  charges: ({ value }) => [{ rate: 'kv-bytes', amount: value.length }],
  audit: 'always',
  target: ({ key, value }) => `${key}, ${value.length} bytes`,
  run: async (_call, { store, key, value }, _key, expected) => {
    if (!(await store.swap(key, expected ?? null, value))) {
      throw mismatch();
    }
  },
});
