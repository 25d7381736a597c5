import type { TypedError } from '../../base/typed-error.ts';
import type { FunctionType } from '../../base/value-type.ts';
import { guestExports } from '../../contract/guest-exports.ts';
import { didYouMean } from '../manifest/did-you-mean.ts';
import type { ReadFunction } from './definition.ts';
import type { ComponentHeader } from './header.ts';
import type { ComponentImport } from './imports.ts';
import { typeDifference } from './type-difference.ts';
import { capsuleError, type CapsuleErrorCode } from '../errors.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** What the host serves, by interface id; `hostInterfaces` of `host/generated/` fits. */
export interface ServedInterfaces {
  readonly [id: string]: {
    readonly functions: readonly { readonly wit: string }[];
    readonly resources: readonly { readonly wit: string }[];
  };
}

/** The public contract: what the host serves, and the types of all functions. */
export interface Contract {
  readonly interfaces: ServedInterfaces;
  /** By interface id and canonical name. */
  readonly hostFunctions: ByName<ByName<FunctionType>>;
  /** Those by which the host calls a guest. */
  readonly guestFunctions: ByName<FunctionType>;
}

interface ByName<T> {
  readonly [name: string]: T;
}

/**
 * Throws the first thing that would keep a component from running here, in the order of its imports. Only the first:
 * a component can name a million things that are not there.
 *
 * @throws TypedError `component-unknown-import`, `component-wrong-type` or `component-no-export`
 */
export function requireRunnable(header: ComponentHeader, contract: Contract): void {
  for (const wanted of header.imports) {
    requireServed(wanted, contract);
  }
  const called = header.exports.filter((each) => {
    return each.kind === 'func' && (guestExports as readonly string[]).includes(each.name);
  });
  // Any of them makes a capsule useful.
  if (called.length === 0) {
    throw capsuleError(
      'component-no-export',
      'The component exports no function that the runtime calls.',
      `Export at least one of ${guestExports.join(', ')}.`,
    );
  }
  for (const { name, func } of called) {
    requireType(`exports ${quoted(name)}`, contract.guestFunctions[name], func);
  }
}

function requireServed(wanted: ComponentImport, { interfaces, hostFunctions }: Contract): void {
  const { name, kind, functions, resources, others } = wanted;
  const known = Object.hasOwn(interfaces, name) ? interfaces[name] : undefined;
  if (known === undefined || kind !== 'instance') {
    // Types alone nobody has to provide: a component's own exports may use those of another interface.
    const typesOnly =
      kind === 'instance' && functions.size === 0 && resources.length === 0 && others.length === 0;
    if (!typesOnly) {
      throw unknownImport(wanted, interfaces);
    }
    return;
  }
  const provided = known.functions.map((each) => each.wit);
  requireNames(name, 'function', [...functions.keys()], provided);
  requireNames(
    name,
    'resource',
    resources,
    known.resources.map((each) => each.wit),
  );
  requireNames(name, 'item', others, []);
  for (const [wit, func] of functions) {
    requireType(`imports ${quoted(wit)} from ${quoted(name)}`, hostFunctions[name]?.[wit], func);
  }
}

function requireNames(
  from: string,
  what: string,
  names: readonly string[],
  provided: readonly string[],
): void {
  const missing = names.find((name) => !provided.includes(name));
  if (missing !== undefined) {
    throw capsuleError(
      'component-unknown-import',
      `The component imports the ${what} ${quoted(missing)} from ${quoted(from)}, which does not define it.`,
      `Build it against the contract's WIT of that package.${didYouMean(missing, provided)}`,
    );
  }
}

/** @param does what the component does with the function, for the message */
function requireType(does: string, expected: FunctionType | undefined, found: ReadFunction | null): void {
  const difference = expected === undefined ? 'type is not known here' : typeDifference(expected, found);
  if (difference !== null) {
    throw capsuleError(
      'component-wrong-type',
      `The component ${does} with a type that is not the contract's: its ${difference}.`,
      "Build it against the contract's WIT of that package.",
    );
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
