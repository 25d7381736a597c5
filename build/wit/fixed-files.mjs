/** Generated files whose text does not depend on the contract, by file name. */
export const fixedFiles = {
  'handle.ts': `// Written by build/wit/generate.mjs; changes here are lost.

/**
 * A resource as the host sees it: a number in the instance's handle table, marked with the full name of
 * its resource, such as \`astrid:io/poll@1.0.0#pollable\`. The mark exists in types only.
 */
export type Handle<R extends string> = number & { readonly __resource: R };
`,
  'table.ts': `// Written by build/wit/generate.mjs; changes here are lost.

/** What a run time has to know about one interface to link it. */
export interface HostInterfaceTable {
  readonly functions: readonly HostFunctionTable[];
  readonly resources: readonly HostResourceTable[];
  /** Cases of the variant that the functions fail with: payload type as WIT text, or null without one. */
  readonly errorCases: { readonly [wit: string]: string | null } | null;
}

export interface HostResourceTable {
  readonly wit: string;
  /** Name of the class that jco looks up. */
  readonly js: string;
}

export interface HostFunctionTable {
  /** Canonical ABI spelling, \`spawn\` or \`[method]process-handle.wait\`. */
  readonly wit: string;
  /** Name that jco looks up, on the interface or on the resource's class. */
  readonly js: string;
  readonly kind: 'function' | 'method' | 'static' | 'constructor';
  /** WIT name of the resource it belongs to. */
  readonly resource: string | null;
  /** Whether the result is a \`result\`, so that a failure reaches the guest as a value. */
  readonly fallible: boolean;
}
`,
};
