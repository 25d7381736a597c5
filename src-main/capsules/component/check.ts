import type { TypedError } from '../../base/typed-error.ts';
import { guestExports } from '../../contract/guest-exports.ts';
import { didYouMean } from '../manifest/did-you-mean.ts';
import type { ComponentHeader, ComponentImport } from './header.ts';
import { capsuleError, type CapsuleErrorCode } from '../errors.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** What the host serves, by interface id; `hostInterfaces` of `host/generated/` fits. */
export interface ServedInterfaces {
  readonly [id: string]: {
    readonly functions: readonly { readonly wit: string }[];
    readonly resources: readonly { readonly wit: string }[];
  };
}

/** Types of the guest's own exports; the interface has no function, so nothing has to be served. */
const TYPES_ONLY = ['astrid:guest/lifecycle@1.0.0'];

/**
 * Throws the first thing that would keep a component from running here, in the order of its imports. Only the first:
 * a component can name a million things that are not there.
 *
 * @throws TypedError `component-unknown-import` or `component-no-export`
 */
export function requireRunnable(header: ComponentHeader, served: ServedInterfaces): void {
  for (const wanted of header.imports) {
    requireServed(wanted, served);
  }
  // Any of them makes a capsule useful.
  const callable = header.exports.some((each) => {
    return each.kind === 'func' && (guestExports as readonly string[]).includes(each.name);
  });
  if (!callable) {
    throw capsuleError(
      'component-no-export',
      'The component exports no function that the runtime calls.',
      `Export at least one of ${guestExports.join(', ')}.`,
    );
  }
}

function requireServed(wanted: ComponentImport, served: ServedInterfaces): void {
  const known = Object.hasOwn(served, wanted.name) ? served[wanted.name] : undefined;
  if (known === undefined || wanted.kind !== 'instance') {
    const typesOnly = wanted.functions.length === 0 && wanted.resources.length === 0;
    if (!TYPES_ONLY.includes(wanted.name) || !typesOnly) {
      throw unknownImport(wanted, served);
    }
    return;
  }
  requireNames(
    'function',
    wanted.functions,
    known.functions.map((each) => each.wit),
  );
  requireNames(
    'resource',
    wanted.resources,
    known.resources.map((each) => each.wit),
  );

  function requireNames(what: string, names: readonly string[], provided: readonly string[]): void {
    const missing = names.find((name) => !provided.includes(name));
    if (missing !== undefined) {
      throw capsuleError(
        'component-unknown-import',
        `The component imports the ${what} ${quoted(missing)} from ${quoted(wanted.name)}, which does not define it.`,
        `Build it against the contract's WIT of that package.${didYouMean(missing, provided)}`,
      );
    }
  }
}

function unknownImport(wanted: ComponentImport, served: ServedInterfaces): TypedError<CapsuleErrorCode> {
  const sentence = `The component imports ${quoted(wanted.name)}, which this runtime does not provide.`;
  if (wanted.name.startsWith('wasi:')) {
    return capsuleError(
      'component-unknown-import',
      sentence,
      'WASI is not provided. Build without it: componentize-qjs --stub-wasi, componentize-js with every feature disabled, or Rust with wasm32-unknown-unknown.',
    );
  }
  const ids = Object.keys(served);
  const [path = ''] = wanted.name.split('@');
  const versions = ids.filter((id) => id.startsWith(`${path}@`));
  const hint =
    versions.length > 0
      ? `Build it against a provided version: ${versions.join(', ')}.`
      : `Only the contract's interfaces are provided.${didYouMean(wanted.name, ids)}`;
  return capsuleError('component-unknown-import', sentence, hint);
}
