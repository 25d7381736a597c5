import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco';
import { describe, expect, it } from 'vitest';
import { guestFunctionTypes, hostFunctionTypes } from '../../host/generated/function-types.ts';
import { hostInterfaces } from '../../host/generated/interfaces.ts';
import { transpile } from '../../runtime/component/transpile.ts';
import { exampleFolder } from '../../testing/guests.ts';
import { requireRunnable } from './check.ts';
import { readComponentHeader } from './header.ts';

const contract = {
  interfaces: hostInterfaces,
  hostFunctions: hostFunctionTypes,
  guestFunctions: guestFunctionTypes,
};

/** A component that exports `run`, with more in its text. */
const RUN = `(core module $r (func (export "r"))) (core instance $ri (instantiate $r))
  (func $run (canon lift (core func $ri "r"))) (export "run" (func $run))`;
const running = (text: string): Promise<Uint8Array> => parse(`(component ${text} ${RUN})`);

function problemOf(component: Uint8Array): unknown {
  const header = readComponentHeader(component);
  try {
    requireRunnable(header, contract);
    return undefined;
  } catch (error) {
    return error;
  }
}

const ERROR = `(type $error (variant (case "capability-denied") (case "config-key-reserved") (case "too-large")
  (case "registry-unavailable") (case "cancelled") (case "unknown" string)))`;
const LEVEL = '(type $level (enum "trace" "debug" "info" "warn" "error"))';
const SYS = 'astrid:sys/host@1.0.0';
const POLL = 'astrid:io/poll@1.0.0';

/** One instance with functions, as WAT. Types used by an exported function have names of their own in it. */
const instance = (name: string, text: string): string => `(import "${name}" (instance $i ${text}))`;

describe('a component', () => {
  it('of the examples can run here', () => {
    const bytes = readFileSync(join(exampleFolder('runner'), 'build', 'runner.wasm'));
    expect(problemOf(bytes)).toBeUndefined();
  });

  it('may import the types of its own exports', async () => {
    await expect(running(instance('astrid:guest/lifecycle@1.0.0', '')).then(problemOf)).resolves.toBe(
      undefined,
    );
  });

  it('may export an interface of its own that uses the types of another one', async () => {
    const component = await running(`
      (import "acme:tools/types@1.0.0" (instance $types (type $job (record (field "id" u32)))
        (export "job" (type (eq $job)))))
      (alias export $types "job" (type $job))
      (component $api (type $j (record (field "id" u32))) (import "job" (type $job (eq $j)))
        (core module $m (func (export "get") (result i32) i32.const 1)) (core instance $i (instantiate $m))
        (func $get (result $job) (canon lift (core func $i "get"))) (export "get" (func $get)))
      (instance $api (instantiate $api (with "job" (type $job))))
      (export "acme:tools/api@1.0.0" (instance $api))`);
    expect(problemOf(component)).toBeUndefined();
    await expect(transpile(component, ['acme:tools/types@1.0.0'])).resolves.toMatchObject({
      imports: [],
      exports: ['run'],
    });
  });

  it.each(['(func)', '(type (sub resource))', '(core module)', '(component)'])(
    'that imports an interface by name that is no interface but %s is refused',
    async (what) => {
      const component = await running(`(import "astrid:guest/lifecycle@1.0.0" ${what})`);
      expect(problemOf(component)).toMatchObject({ code: 'component-unknown-import' });
    },
  );

  it.each([
    ['no function of it', ''],
    [
      'one of ten functions',
      `${LEVEL} (export "log-level" (type $l (eq $level)))
       (export "log" (func (param "level" $l) (param "message" string)))`,
    ],
    ['types without names', `${LEVEL} (export "log" (func (param "level" $level) (param "message" string)))`],
    [
      'other names of parameters',
      `${LEVEL} (export "log" (func (param "how-bad" $level) (param "text" string)))`,
    ],
    [
      'a result',
      `${ERROR} (export "get-config" (func (param "key" string) (result (result (option string) (error $error)))))`,
    ],
  ])('may import an interface with %s', async (_what, text) => {
    await expect(running(instance(SYS, text)).then(problemOf)).resolves.toBeUndefined();
  });

  it('may take a resource from the interface that defines it, in another one', async () => {
    const component = await running(`
      (import "${POLL}" (instance $poll (export "pollable" (type (sub resource)))))
      (alias export $poll "pollable" (type $pollable))
      (import "astrid:process/host@1.1.0" (instance
        (export "process-handle" (type $handle (sub resource)))
        (alias outer 1 $pollable (type $outer)) (export "pollable" (type $p (eq $outer)))
        (export "[method]process-handle.subscribe-exit"
          (func (param "self" (borrow $handle)) (result (own $p))))))`);
    expect(problemOf(component)).toBeUndefined();
  });

  it('may be composed: the function that it exports is one of a component inside', async () => {
    const component = await parse(`(component
      (component $inner ${RUN})
      (instance $made (instantiate $inner))
      (export "run" (func $made "run")))`);
    expect(problemOf(component)).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['wasi:cli/environment@0.2.3', '(export "get-environment" (func))', 'WASI is not provided.'],
    ['wasi:io/poll@0.2.0', '(export "pollable" (type (sub resource)))', '--stub-wasi'],
    [
      'astrid:process/host@2.0.0',
      '(export "spawn" (func))',
      'a provided version: astrid:process/host@1.0.0, astrid:process/host@1.1.0.',
    ],
    ['astrid:proces/host@1.0.0', '(export "spawn" (func))', 'Did you mean "astrid:process/host@1.0.0"?'],
    ['acme:tools/all@1.0.0', '(export "all" (func))', "Only the contract's interfaces are provided."],
    ['astrid:process/host@1.0.0', '(export "spawm" (func))', 'Did you mean "spawn"?'],
    [POLL, '(export "polable" (type (sub resource)))', 'Did you mean "pollable"?'],
    [SYS, '(export "more" (instance))', "the contract's WIT of that package."],
    ['astrid:guest/lifecycle@1.0.0', '(export "surprise" (func))', "Only the contract's interfaces"],
    ['constructor', '(export "name" (func))', "Only the contract's interfaces"],
  ])('that imports %s with %j is refused', async (name, text, hint) => {
    expect(problemOf(await running(instance(name, text)))).toMatchObject({
      code: 'component-unknown-import',
      hint: expect.stringContaining(hint),
    });
  });

  it.each<[string, string]>([
    ['nothing', '(component)'],
    ['only the tool chain’s own function', `(component ${RUN.replace('export "run"', 'export "init"')})`],
    ['an instance of the right name', '(component (instance $i) (export "run" (instance $i)))'],
  ])('that exports %s is refused', async (_what, text) => {
    expect(problemOf(await parse(text))).toMatchObject({ code: 'component-no-export' });
  });
});

describe('a function with another type than the contract’s is refused, and the refusal says in what:', () => {
  const log = (level: string, more = ''): string =>
    instance(SYS, `${more} (export "log" (func (param "level" ${level}) (param "message" string)))`);
  const spawn = (field: string): string =>
    instance(
      'astrid:process/host@1.0.0',
      `(type $env (record (field "key" string) (field "value" string)))
       (type $r (record (field "cmd" string) (field "args" (list string)) (field "stdin" (option (list u8)))
         ${field}))
       (export "spawn-persistent" (func (param "request" $r)))`,
    );
  it.each<[string, string, string]>([
    ['text for an enum', log('string'), 'its parameter "level" is string instead of an enum'],
    ['a list for an enum', log('(list bool)'), 'its parameter "level" is a list instead of an enum'],
    [
      'an enum with its names in another order',
      log('$l', '(type $l (enum "debug" "trace" "info" "warn" "error"))'),
      'its parameter "level", name 1 is "debug" instead of "trace"',
    ],
    [
      'an enum with one more name',
      log('$l', '(type $l (enum "trace" "debug" "info" "warn" "error" "fatal"))'),
      'its parameter "level", name "fatal" is none of the contract\'s',
    ],
    [
      'an enum with one less',
      log('$l', '(type $l (enum "trace" "debug" "info" "warn"))'),
      'its parameter "level", name 5 is missing instead of "error"',
    ],
    ['flags for an enum', log('$l', '(type $l (flags "trace"))'), 'is a flags instead of an enum'],
    [
      'a result where there is none',
      instance(
        SYS,
        `${LEVEL} (export "log" (func (param "level" $level) (param "message" string) (result u8)))`,
      ),
      'its result is u8 instead of nothing',
    ],
    [
      'a parameter less',
      instance(SYS, `${LEVEL} (export "log" (func (param "level" $level)))`),
      'its parameters are 1 instead of 2',
    ],
    [
      'a number of another size',
      instance(
        SYS,
        `${ERROR} (export "sleep-ns" (func (param "duration-ns" s64) (result (result (error $error)))))`,
      ),
      'its parameter "duration-ns" is s64 instead of u64',
    ],
    [
      'no result where there is one',
      instance(SYS, '(export "sleep-ns" (func (param "duration-ns" u64)))'),
      'its result is nothing instead of a result',
    ],
    [
      'an error with another payload',
      instance(
        SYS,
        `${ERROR.replace('"unknown" string', '"unknown" (list u8)')}
         (export "sleep-ns" (func (param "duration-ns" u64) (result (result (error $error)))))`,
      ),
      'its result, error, case "unknown" is a list instead of string',
    ],
    [
      'a float deep inside a record',
      spawn('(field "max-lifetime-ms" (option f64))'),
      'its parameter "request", field 4 is "max-lifetime-ms" instead of "env"',
    ],
    [
      'a record inside a list',
      spawn('(field "env" (list (tuple string string)))'),
      'its parameter "request", field "env", element is a tuple instead of a record',
    ],
    [
      'a resource of its own for the host’s',
      `(import "thing" (type $mine (sub resource)))
       ${instance(POLL, '(alias outer 1 $mine (type $m)) (export "poll" (func (param "pollables" (list (borrow $m)))))')}`,
      'imports "thing"',
    ],
    [
      'a resource of another interface',
      `(import "astrid:io/error@1.0.0" (instance $e (export "error" (type (sub resource)))))
       (alias export $e "error" (type $error))
       (import "${POLL}" (instance (alias outer 1 $error (type $m)) (export "[method]pollable.ready"
         (func (param "self" (borrow $m)) (result bool)))))`,
      'its parameter "self" is borrow<astrid:io/error@1.0.0#error> instead of borrow<astrid:io/poll@1.0.0#pollable>',
    ],
    [
      'an owned handle for a borrowed one',
      instance(
        POLL,
        `(export "pollable" (type $p (sub resource)))
         (export "[method]pollable.ready" (func (param "self" (own $p)) (result bool)))`,
      ),
      'its parameter "self" is own<astrid:io/poll@1.0.0#pollable> instead of borrow<astrid:io/poll@1.0.0#pollable>',
    ],
    [
      'a stream',
      instance(SYS, '(export "random-bytes" (func (param "length" u64) (result (stream u8))))'),
      'its result is a stream instead of a result',
    ],
    [
      'an asynchronous function',
      instance(SYS, '(export "signal-ready" (func async))'),
      'its type is asynchronous',
    ],
  ])('%s', async (_what, text, words) => {
    expect(problemOf(await running(text))).toMatchObject({ message: expect.stringContaining(words) });
  });

  const exporting = (params: string, result: string, flat: string): string => `(component
    (core module $m (func (export "f") ${flat}))
    (core instance $i (instantiate $m))
    (func $f ${params} ${result} (canon lift (core func $i "f")))
    (export "NAME" (func $f)))`;
  it.each<[string, string, string, string, string, string]>([
    [
      'a run that wants something',
      'run',
      '(param "n" u32)',
      '',
      '(param i32)',
      'its parameters are 1 instead of 0',
    ],
    [
      'a run that answers',
      'run',
      '',
      '(result u32)',
      '(result i32) i32.const 0',
      'its result is u32 instead of nothing',
    ],
    [
      'a hook that takes text for bytes',
      'astrid-hook-trigger',
      '(param "action" string) (param "payload" string)',
      '',
      '(param i32 i32 i32 i32)',
      'its parameter "payload" is string instead of a list',
    ],
    [
      'a hook that answers with nothing',
      'astrid-hook-trigger',
      '(param "action" string) (param "payload" (list u8))',
      '',
      '(param i32 i32 i32 i32)',
      'its result is nothing instead of a record',
    ],
  ])('exported: %s', async (_what, name, params, result, flat, words) => {
    const component = await parse(exporting(params, result, flat).replace('NAME', name));
    expect(problemOf(component)).toMatchObject({
      code: 'component-wrong-type',
      message: expect.stringContaining(words),
    });
  });

  it('a function whose type an import of the component’s own leaves open', async () => {
    const component = await parse(`(component
      (import "astrid:guest/lifecycle@1.0.0" (instance $i))
      (component $inner (import "f" (func $f (param "x" string))) (export "run" (func $f)))
      (core module $m (func (export "f") (param i32 i32)))
      (core instance $c (instantiate $m))
      (func $f (param "x" string) (canon lift (core func $c "f")))
      (instance $made (instantiate $inner (with "f" (func $f))))
      (export "run" (func $made "run")))`);
    expect(problemOf(component)).toMatchObject({
      message: expect.stringContaining('its parameters are 1 instead of 0'),
    });
  });
});
