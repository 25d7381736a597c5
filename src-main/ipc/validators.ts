import * as z from 'zod/mini';
import { MAX_LOG_PAGE_BYTES, MAX_PAYLOAD_BYTES, MAX_STOP_GRACE_MS } from '../contract/limits.ts';
import type { RequestName, Requests } from '../contract/requests.ts';
import { capabilityNames } from '../policy/capabilities.ts';
import { isPrincipal } from '../policy/principal.ts';
import { MAX_ACTION_CHARACTERS, MAX_CAPSULE_ID_CHARACTERS, MAX_FEED_CHARACTERS } from './constants.ts';

/** A process in the window's words: 16 hex digits of a keyed hash. */
const processKey = z.string().check(z.regex(/^[0-9a-f]{16}$/));
/** The manifest's rule for a package name. */
const capsuleId = z.string().check(z.maxLength(MAX_CAPSULE_ID_CHARACTERS), z.regex(/^[a-z0-9-]+$/));
/** A plan's token or the caller's own name for a call: nothing that could be a path or a control sequence. */
const plainName = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/));
const principal = z.string().check(z.refine(isPrincipal));
const grants = z.readonly(z.array(z.enum(capabilityNames)).check(z.maxLength(capabilityNames.length)));
const action = z.string().check(
  z.minLength(1),
  z.maxLength(MAX_ACTION_CHARACTERS),
  // No control characters: the name is shown and written to the audit log.
  z.regex(/^[^\p{Cc}]+$/u),
);
const payload = z.string().check(
  z.maxLength(MAX_PAYLOAD_BYTES),
  z.refine((text) => Buffer.byteLength(text, 'utf8') <= MAX_PAYLOAD_BYTES),
);

const ofProcess = z.strictObject({ key: processKey });
const ofPlan = z.strictObject({ token: plainName });

/** What a valid argument of each request is. The type makes the table complete: a request without a rule does not compile. */
export const validators: { readonly [Name in RequestName]: z.ZodMiniType<Requests[Name]['argument']> } = {
  'state.snapshot': z.null(),
  'install.choose': z.strictObject({ kind: z.enum(['archive', 'folder']) }),
  'install.confirm': z.strictObject({ token: plainName, grants }),
  'install.cancel': ofPlan,
  'capsule.setEnabled': z.strictObject({ id: capsuleId, enabled: z.boolean() }),
  'capsule.remove': z.strictObject({ id: capsuleId }),
  'capsule.invoke': z.strictObject({ id: capsuleId, action, payload, principal, call: plainName }),
  'invoke.cancel': z.strictObject({ call: plainName }),
  'process.signal': z.strictObject({
    key: processKey,
    signal: z.enum(['term', 'hup', 'usr1', 'usr2', 'int', 'stop', 'cont']),
  }),
  'process.stop': z.strictObject({
    key: processKey,
    graceMs: z.int().check(z.minimum(0), z.maximum(MAX_STOP_GRACE_MS)),
  }),
  'process.cancelStop': ofProcess,
  'process.kill': ofProcess,
  'process.release': ofProcess,
  'process.command': ofProcess,
  'logs.read': z.strictObject({
    key: processKey,
    stream: z.enum(['stdout', 'stderr']),
    cursor: z.nullable(z.int()),
    maxBytes: z.int().check(z.minimum(1), z.maximum(MAX_LOG_PAGE_BYTES)),
  }),
  'app.restartNormally': z.null(),
  'updates.view': z.null(),
  'updates.setFeed': z.strictObject({
    feed: z.nullable(z.string().check(z.minLength(1), z.maxLength(MAX_FEED_CHARACTERS))),
  }),
  'updates.act': z.strictObject({ action: z.enum(['check', 'download', 'cancel', 'install']) }),
};
