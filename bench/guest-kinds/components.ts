import { readFile } from 'node:fs/promises';
import { parse } from '@bytecodealliance/jco';
import { readComponentHeader } from '../../src-main/capsules/component/header.ts';
import { planComponent, type PlannedComponent } from '../../src-main/runtime/component/planned-component.ts';
import { transpile } from '../../src-main/runtime/component/transpile.ts';

/** One megabyte, which is also the largest value that the store takes. */
export const MEBIBYTE = 1_048_576;
/** Of an instance, as the application has it. */
export const MEMORY_LIMIT_BYTES = 64 * MEBIBYTE;

/** How often a guest asks its host in one call of `run`. */
export const SMALL_REQUESTS = 2_000;
export const LARGE_REQUESTS = 24;

/** The guests of the bench, as every kind of guest process loads them. */
export interface BenchComponents {
  /** `run` asks the host for nothing, `SMALL_REQUESTS` times. */
  readonly ask: PlannedComponent;
  /** `run` hands the host 1 MiB, `LARGE_REQUESTS` times. */
  readonly put: PlannedComponent;
  /** `run` fetches 1 MiB from the host, `LARGE_REQUESTS` times. */
  readonly get: PlannedComponent;
  /** `run` returns. */
  readonly small: PlannedComponent;
  /** An ordinary guest in JavaScript, with the engine in it; answers every action. */
  readonly script: PlannedComponent;
}

const SYS = 'astrid:sys/host@1.0.0';
const KV = 'astrid:kv/host@1.0.0';

/** @param scriptFile a built guest in JavaScript that exports `astrid-hook-trigger` */
export async function benchComponents(scriptFile: string): Promise<BenchComponents> {
  const script = new Uint8Array(await readFile(scriptFile));
  const imports = readComponentHeader(script).imports.map(({ name }) => name);
  return {
    ask: await planned(await parse(ASK), [SYS]),
    put: await planned(await parse(kvGuest(PUT)), [KV]),
    get: await planned(await parse(kvGuest(GET)), [KV]),
    small: await planned(await parse(SMALL), []),
    script: await planned(script, imports),
  };
}

async function planned(component: Uint8Array, imports: readonly string[]): Promise<PlannedComponent> {
  return planComponent(await transpile(component, imports), MEMORY_LIMIT_BYTES);
}

const SMALL = `(component
  (core module $m (func (export "run")))
  (core instance $i (instantiate $m))
  (func $run (canon lift (core func $i "run"))) (export "run" (func $run)))`;

const ASK = `(component
  (import "${SYS}" (instance $sys (export "signal-ready" (func))))
  (core func $ready (canon lower (func $sys "signal-ready")))
  (core module $m (import "sys" "ready" (func $ready))
    (func (export "run") ${times(SMALL_REQUESTS, '(call $ready)')}))
  (core instance $i (instantiate $m (with "sys" (instance (export "ready" (func $ready))))))
  (func $run (canon lift (core func $i "run"))) (export "run" (func $run)))`;

/** A key of one byte, and a value at the second megabyte, which is also where the host's is put. */
const PUT = '(call $set (i32.const 0) (i32.const 1) (i32.const 1048576) (i32.const 1048576) (i32.const 64))';
const GET = '(call $get (i32.const 0) (i32.const 1) (i32.const 64))';

function kvGuest(request: string): string {
  return `(component
    (import "${KV}" (instance $kv
      (type $cases (variant (case "invalid-key") (case "too-large") (case "quota") (case "cas-mismatch")
        (case "unknown" string)))
      (export "error-code" (type $error (eq $cases)))
      (export "kv-get" (func (param "key" string) (result (result (option (list u8)) (error $error)))))
      (export "kv-set" (func (param "key" string) (param "value" (list u8)) (result (result (error $error)))))))
    (core module $memory
      (memory (export "memory") 48)
      (data (i32.const 0) "k")
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1048576)))
    (core instance $own (instantiate $memory))
    (alias core export $own "memory" (core memory $memory))
    (alias core export $own "realloc" (core func $realloc))
    (core func $get (canon lower (func $kv "kv-get") (memory $memory) (realloc $realloc)))
    (core func $set (canon lower (func $kv "kv-set") (memory $memory) (realloc $realloc)))
    (core module $m
      (import "kv" "get" (func $get (param i32 i32 i32)))
      (import "kv" "set" (func $set (param i32 i32 i32 i32 i32)))
      (func (export "run") ${times(LARGE_REQUESTS, request)}))
    (core instance $i (instantiate $m
      (with "kv" (instance (export "get" (func $get)) (export "set" (func $set))))))
    (func $run (canon lift (core func $i "run"))) (export "run" (func $run)))`;
}

function times(count: number, instruction: string): string {
  return `(local $left i32) (local.set $left (i32.const ${String(count)}))
    (loop $again ${instruction}
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))`;
}
