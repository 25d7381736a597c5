import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from '@bytecodealliance/jco';
import { createKernel } from '../../src-main/kernel/kernel.ts';

const SYS = 'astrid:sys/host@1.0.0';

/** Its loop signals that it is ready, then sleeps for a minute again and again, until it is cancelled. */
const LOOP = `(component
  (import "${SYS}" (instance $sys
    (type $cases (variant (case "capability-denied") (case "config-key-reserved") (case "too-large")
      (case "registry-unavailable") (case "cancelled") (case "unknown" string)))
    (export "error-code" (type $error (eq $cases)))
    (export "signal-ready" (func))
    (export "sleep-ns" (func (param "duration-ns" u64) (result (result (error $error)))))))
  (core module $memory
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $own (instantiate $memory))
  (alias core export $own "memory" (core memory $memory))
  (alias core export $own "realloc" (core func $realloc))
  (core func $ready (canon lower (func $sys "signal-ready")))
  (core func $sleep (canon lower (func $sys "sleep-ns") (memory $memory) (realloc $realloc)))
  (core module $m
    (import "sys" "memory" (memory 1))
    (import "sys" "ready" (func $ready))
    (import "sys" "sleep" (func $sleep (param i64 i32)))
    (func (export "run")
      (call $ready)
      (loop $again
        (call $sleep (i64.const 60000000000) (i32.const 64))
        (br_if $again (i32.eqz (i32.load8_u (i32.const 64)))))))
  (core instance $i (instantiate $m (with "sys" (instance
    (export "memory" (memory $memory)) (export "ready" (func $ready)) (export "sleep" (func $sleep))))))
  (func $run (canon lift (core func $i "run"))) (export "run" (func $run)))`;

/** Installs so many capsules with run loops into a data folder, as an operator would. */
export async function installLoops(
  dataDir: string,
  names: readonly string[],
  workerFolder: string,
): Promise<void> {
  const component = await parse(LOOP);
  const folder = await mkdtemp(path.join(tmpdir(), 'capsule-bench-loops-'));
  const kernel = await createKernel({ dataDir, version: '0.0.0', electronVersion: null, workerFolder });
  try {
    for (const name of names) {
      const source = path.join(folder, name);
      await mkdir(source);
      await writeFile(path.join(source, 'loop.wasm'), component);
      await writeFile(
        path.join(source, 'Capsule.toml'),
        `[package]\nname = "${name}"\nversion = "0.1.0"\n\n[[component]]\nfile = "loop.wasm"\n`,
      );
      await kernel.install(source, { grants: 'all' });
    }
  } finally {
    await kernel.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}
