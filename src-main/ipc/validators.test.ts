import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LOG_PAGE_BYTES, MAX_PAYLOAD_BYTES, MAX_STOP_GRACE_MS } from '../contract/limits.ts';
import { requestEffects, type RequestName, type Requests } from '../contract/requests.ts';
import { validators } from './validators.ts';

const key = '0123456789abcdef';
const call = { id: 'supervisor', action: 'start', payload: '{}', principal: 'default', call: 'c1' };
const page = { key, stream: 'stdout', cursor: 0, maxBytes: 1 } as const;

const valid: { readonly [Name in RequestName]: readonly Requests[Name]['argument'][] } = {
  'state.snapshot': [null],
  'install.choose': [{ kind: 'archive' }, { kind: 'folder' }],
  'install.confirm': [
    { token: 'AB_c-1', grants: ['host_process'] },
    { token: 't', grants: [] },
  ],
  'install.cancel': [{ token: 't' }],
  'capsule.setEnabled': [{ id: 'supervisor', enabled: false }],
  'capsule.remove': [{ id: '-a-1-' }],
  'capsule.invoke': [
    call,
    { ...call, payload: '' },
    { ...call, payload: 'x'.repeat(MAX_PAYLOAD_BYTES) },
    { ...call, action: 'ü'.repeat(256) },
  ],
  'invoke.cancel': [{ call: 'c1' }],
  'process.signal': [{ key, signal: 'usr1' }],
  'process.stop': [
    { key, graceMs: 0 },
    { key, graceMs: MAX_STOP_GRACE_MS },
  ],
  'process.cancelStop': [{ key }],
  'process.kill': [{ key }],
  'process.release': [{ key }],
  'process.command': [{ key }],
  'logs.read': [page, { ...page, cursor: null }, { ...page, cursor: -4096, maxBytes: MAX_LOG_PAGE_BYTES }],
  'app.restartNormally': [null],
  'updates.view': [null],
  'updates.setFeed': [{ feed: 'https://updates.example/' }, { feed: null }],
  'updates.act': [{ action: 'check' }, { action: 'download' }, { action: 'cancel' }, { action: 'install' }],
};

const hostile: readonly (readonly [RequestName, string, unknown])[] = [
  ['state.snapshot', 'undefined in place of null', undefined],
  ['state.snapshot', 'an object', {}],
  ['install.choose', 'a kind that does not exist', { kind: 'url' }],
  ['install.confirm', 'a token with a path', { token: '../x', grants: [] }],
  ['install.confirm', 'the word all, which is for the command line', { token: 't', grants: 'all' }],
  ['install.confirm', 'a thousand grants', { token: 't', grants: Array.from({ length: 1000 }, () => 'kv') }],
  ['install.confirm', 'a right that does not exist', { token: 't', grants: ['everything'] }],
  ['install.confirm', 'a grant that is an object', { token: 't', grants: [{ toString: 'host_process' }] }],
  ['capsule.remove', 'an id with a slash', { id: '../other' }],
  ['capsule.remove', 'an empty id', { id: '' }],
  ['capsule.remove', 'an id of a megabyte', { id: 'a'.repeat(1_000_000) }],
  ['capsule.remove', 'an id with a line end', { id: 'a\n' }],
  ['capsule.setEnabled', 'a truthy number', { id: 'a', enabled: 1 }],
  [
    'capsule.invoke',
    'a payload of one byte too many',
    { ...call, payload: 'x'.repeat(MAX_PAYLOAD_BYTES + 1) },
  ],
  ['capsule.invoke', 'a payload too long in UTF-8 only', { ...call, payload: 'ü'.repeat(MAX_PAYLOAD_BYTES) }],
  ['capsule.invoke', 'an action of 257 characters', { ...call, action: 'a'.repeat(257) }],
  ['capsule.invoke', 'an action with an escape character', { ...call, action: 'a\u001b[2J' }],
  ['capsule.invoke', 'a principal with a dot', { ...call, principal: 'a.b' }],
  ['capsule.invoke', 'a principal of 65 characters', { ...call, principal: 'p'.repeat(65) }],
  ['capsule.invoke', 'a principal with a trailing line end', { ...call, principal: 'p\n' }],
  ['process.signal', 'KILL, which is its own request', { key, signal: 'kill' }],
  ['process.signal', 'a number', { key, signal: 9 }],
  ['process.kill', 'a pid', { key: 1234 }],
  ['process.kill', 'upper case', { key: key.toUpperCase() }],
  ['process.kill', 'seventeen digits', { key: `${key}0` }],
  ['process.stop', 'a negative grace', { key, graceMs: -1 }],
  ['process.stop', 'an endless grace', { key, graceMs: Number.POSITIVE_INFINITY }],
  ['process.stop', 'a grace over the bound', { key, graceMs: MAX_STOP_GRACE_MS + 1 }],
  ['logs.read', 'a page over the bound', { ...page, maxBytes: MAX_LOG_PAGE_BYTES + 1 }],
  ['logs.read', 'a fraction', { ...page, cursor: 0.5 }],
  ['logs.read', 'a cursor that is no safe integer', { ...page, cursor: 2 ** 60 }],
  ['logs.read', 'NaN', { ...page, cursor: Number.NaN }],
  ['updates.setFeed', 'an empty address', { feed: '' }],
  ['updates.setFeed', 'an address of a megabyte', { feed: `https://x/${'a'.repeat(1_000_000)}` }],
  ['updates.setFeed', 'no address at all', {}],
  ['updates.act', 'a action that does not exist', { action: 'quitAndInstall' }],
];

const names = Object.keys(requestEffects) as RequestName[];

describe('validators', () => {
  it.each(names)('accept what %s takes and pass it on unchanged', (name) => {
    for (const argument of valid[name]) {
      expect(validators[name].parse(argument)).toEqual(argument);
    }
  });

  it.each(hostile)('refuse %s with %s', (name, _what, argument) => {
    expect(validators[name].safeParse(argument).success).toBe(false);
  });

  it.each(names)('refuse %s with a key that nobody knows', (name) => {
    expect(validators[name].safeParse({ ...valid[name][0], extra: 1 }).success).toBe(false);
  });

  it.each(names)('refuse %s with __proto__ as a key, and leave prototypes alone', (name) => {
    const argument: unknown = JSON.parse('{"__proto__":{"polluted":true},"key":"0123456789abcdef"}');
    expect(validators[name].safeParse(argument).success).toBe(false);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('never throw, whatever a page sends', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.anything({ withNullPrototype: true }), (name, sent) => {
        expect(validators[name].safeParse(sent)).toHaveProperty('success');
      }),
    );
  });

  it('hand on a fresh object, so that nothing else the page sent travels with it', () => {
    const sent = { key };
    const parsed = validators['process.kill'].parse(sent);
    expect(parsed).not.toBe(sent);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });
});
