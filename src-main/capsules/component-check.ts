import type { TypedError } from '../base/typed-error.ts';
import { guestExports } from '../contract/guest-exports.ts';
import { didYouMean } from './closest-word.ts';
import type { ComponentHeader, ComponentImport } from './component-header.ts';
import { capsuleError, type CapsuleErrorCode } from './errors.ts';
import { quoted } from './visible-text.ts';

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
 * Everything that would keep a component from running here, in the order of its imports; empty when
 * it links and can be called.
 */
export function componentProblems(
  header: ComponentHeader,
  served: ServedInterfaces,
): readonly TypedError<CapsuleErrorCode>[] {
  const problems = header.imports.flatMap((each) => importProblems(each, served));
  // Any of them makes a capsule useful.
  const callable = header.exports.some((each) => {
    return each.kind === 'func' && (guestExports as readonly string[]).includes(each.name);
  });
  if (!callable) {
    problems.push(
      capsuleError(
        'component-no-export',
        'The component exports nothing that the runtime calls.',
        `Export at least one of the functions ${guestExports.join(', ')}.`,
      ),
    );
  }
  return problems;
}

/** @throws the first of `componentProblems`. */
export function requireRunnable(header: ComponentHeader, served: ServedInterfaces): void {
  const first = componentProblems(header, served)[0];
  if (first !== undefined) {
    throw first;
  }
}

function importProblems(wanted: ComponentImport, served: ServedInterfaces): TypedError<CapsuleErrorCode>[] {
  const known = Object.hasOwn(served, wanted.name) ? served[wanted.name] : undefined;
  if (known === undefined || wanted.kind !== 'instance') {
    const typesOnly = wanted.functions.length === 0 && wanted.resources.length === 0;
    return TYPES_ONLY.includes(wanted.name) && typesOnly ? [] : [unknownImport(wanted, served)];
  }
  const functions = known.functions.map((each) => each.wit);
  const resources = known.resources.map((each) => each.wit);
  return [
    ...wanted.functions
      .filter((name) => !functions.includes(name))
      .map((name) => missing('function', name, functions)),
    ...wanted.resources
      .filter((name) => !resources.includes(name))
      .map((name) => missing('resource', name, resources)),
  ];

  function missing(what: string, name: string, candidates: readonly string[]): TypedError<CapsuleErrorCode> {
    return capsuleError(
      'component-unknown-import',
      `The component wants the ${what} ${quoted(name)} of ${quoted(wanted.name)}, which has none of that name.`,
      `Build it against the contract's own text of that package.${didYouMean(name, candidates)}`,
    );
  }
}

function unknownImport(wanted: ComponentImport, served: ServedInterfaces): TypedError<CapsuleErrorCode> {
  const sentence = `The component imports ${quoted(wanted.name)}, which this runtime does not provide.`;
  if (wanted.name.startsWith('wasi:')) {
    return capsuleError(
      'component-unknown-import',
      sentence,
      'No WASI is provided. Build without it: componentize-qjs --stub-wasi, componentize-js with every feature disabled, or Rust with wasm32-unknown-unknown.',
    );
  }
  const ids = Object.keys(served);
  const [path = ''] = wanted.name.split('@');
  const versions = ids.filter((id) => id.startsWith(`${path}@`));
  const hint =
    versions.length > 0
      ? `Build it against a version that is provided: ${versions.join(', ')}.`
      : `Only the interfaces of the contract are provided.${didYouMean(wanted.name, ids)}`;
  return capsuleError('component-unknown-import', sentence, hint);
}
