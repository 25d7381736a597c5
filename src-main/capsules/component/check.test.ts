import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostInterfaces } from '../../host/generated/interfaces.ts';
import { exampleFolder } from '../../testing/guests.ts';
import { requireRunnable } from './check.ts';
import { readComponentHeader, type ComponentHeader } from './header.ts';

const runs: ComponentHeader['exports'] = [{ name: 'run', kind: 'func' }];

const importing = (
  name: string,
  functions: readonly string[] = [],
  resources: readonly string[] = [],
): ComponentHeader => ({ imports: [{ name, kind: 'instance', functions, resources }], exports: runs });

function problemOf(header: ComponentHeader): unknown {
  try {
    requireRunnable(header, hostInterfaces);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('a component', () => {
  it('of the examples can run here', () => {
    const bytes = readFileSync(join(exampleFolder('runner'), 'build', 'runner.wasm'));
    expect(() => requireRunnable(readComponentHeader(bytes), hostInterfaces)).not.toThrow();
  });

  it('may import every interface that the host serves, with every function', () => {
    const imports = Object.entries(hostInterfaces).map(([name, each]) => ({
      name,
      kind: 'instance' as const,
      functions: each.functions.map(({ wit }) => wit),
      resources: each.resources.map(({ wit }) => wit),
    }));
    expect(problemOf({ imports, exports: runs })).toBeUndefined();
  });

  it('may import the types of its own exports', () => {
    expect(problemOf(importing('astrid:guest/lifecycle@1.0.0'))).toBeUndefined();
  });

  it.each<[string, readonly string[], readonly string[], string]>([
    ['wasi:cli/environment@0.2.3', ['get-environment'], [], 'WASI is not provided.'],
    ['wasi:io/poll@0.2.0', [], ['pollable'], '--stub-wasi'],
    [
      'astrid:process/host@2.0.0',
      [],
      [],
      'a provided version: astrid:process/host@1.0.0, astrid:process/host@1.1.0.',
    ],
    ['astrid:proces/host@1.0.0', [], [], 'Did you mean "astrid:process/host@1.0.0"?'],
    ['acme:tools/all@1.0.0', [], [], "Only the contract's interfaces are provided."],
    ['astrid:process/host@1.0.0', ['spawm'], [], 'Did you mean "spawn"?'],
    ['astrid:io/poll@1.0.0', [], ['polable'], 'Did you mean "pollable"?'],
    ['astrid:guest/lifecycle@1.0.0', ['surprise'], [], "Only the contract's interfaces"],
    ['constructor', [], [], "Only the contract's interfaces"],
  ])('that imports %s with %j and %j is refused', (name, functions, resources, hint) => {
    expect(problemOf(importing(name, functions, resources))).toMatchObject({
      code: 'component-unknown-import',
      hint: expect.stringContaining(hint),
    });
  });

  it.each<[string, ComponentHeader['exports']]>([
    ['nothing', []],
    ['only the tool chain’s own function', [{ name: 'init', kind: 'func' }]],
    ['an instance of the right name', [{ name: 'run', kind: 'instance' }]],
  ])('that exports %s is refused', (_, exports) => {
    expect(problemOf({ imports: [], exports })).toMatchObject({ code: 'component-no-export' });
  });
});
