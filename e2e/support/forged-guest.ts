/** Components for hostile guests, in WAT: what a tool chain would never make. */

/** Of 64 KiB: a megabyte of memory, where a guest says nothing. */
const PAGES = 16;

/** Where a result stands, and the text `continue` in it. */
export const RESULT = 1_024;
/** Of free memory, in bytes: a guest may fill it with what it hands over. */
export const FREE = 65_536;

/** The functions of `astrid:sys/host@1.0.0` that a guest below may call, as the core function it calls them by. */
const SYS = `
  (import "astrid:sys/host@1.0.0" (instance $sys
    (type $errors (variant (case "capability-denied") (case "config-key-reserved") (case "too-large")
      (case "registry-unavailable") (case "cancelled") (case "unknown" string)))
    (export "error-code" (type $error (eq $errors)))
    (type $levels (enum "trace" "debug" "info" "warn" "error"))
    (export "log-level" (type $level (eq $levels)))
    (export "log" (func (param "level" $level) (param "message" string)))
    (export "get-config" (func (param "key" string) (result (result (option string) (error $error)))))
    (export "sleep-ns" (func (param "duration-ns" u64) (result (result (error $error)))))
    (export "random-bytes" (func (param "length" u64) (result (result (list u8) (error $error)))))))`;

const LOWERED = [
  ['log', '(param i32 i32 i32)'],
  ['get-config', '(param i32 i32 i32)'],
  ['sleep-ns', '(param i64 i32)'],
  ['random-bytes', '(param i64 i32)'],
] as const;

export interface Guest {
  /** WAT of the hook, which leaves the place of its result; parameters 0 to 3 are action and payload, local 4 is free. */
  readonly hook?: string;
  /** WAT of `run`; without it the component exports none. */
  readonly run?: string;
  /** WAT of `astrid-install`; without it the component exports none. */
  readonly install?: string;
  /** More in the core module: functions, data, a start function. */
  readonly more?: string;
  readonly encoding?: 'utf8' | 'utf16' | 'latin1+utf16';
  readonly pages?: number;
  /** WAT of the function by which the host asks for memory; parameters 0 to 3, leaves an address. */
  readonly realloc?: string;
}

/** Allocates, and never frees. */
const BUMP = `(local.set 4 (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
  (global.set $top (i32.add (local.get 4) (local.get 3))) (local.get 4)`;

/** A result that says to go on. */
export const CONTINUE = `(i32.const ${RESULT})`;

/** A component with what is given as its functions, each the whole body. */
export function guestComponent({
  hook = CONTINUE,
  run,
  install,
  more = '',
  encoding = 'utf8',
  pages = PAGES,
  realloc = BUMP,
}: Guest): string {
  const lifted = [
    ['run', run],
    ['astrid-install', install],
  ] as const;
  const own = lifted.flatMap(([name, body]) =>
    body === undefined ? [] : [{ name, core: `(func (export "${name}") ${body})` }],
  );
  return `(component ${SYS}
    (import "astrid:guest/lifecycle@1.0.0" (instance $lifecycle
      (type $record (record (field "action" string) (field "data" (option string))))
      (export "capsule-result" (type (eq $record)))))
    (alias export $lifecycle "capsule-result" (type $result))
    (core module $memory (memory (export "memory") ${pages}) (global $top (mut i32) (i32.const ${FREE}))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local i32) ${realloc}))
    (core instance $memory (instantiate $memory))
    (alias core export $memory "memory" (core memory $mem))
    (alias core export $memory "realloc" (core func $realloc))
    ${LOWERED.map(([name]) => `(core func $${name} (canon lower (func $sys "${name}") (memory $mem) (realloc $realloc) string-encoding=${encoding}))`).join('\n')}
    (core module $guest (import "memory" "memory" (memory 1))
      ${LOWERED.map(([name, type]) => `(import "sys" "${name}" (func $${name} ${type}))`).join('\n')}
      (data (i32.const 0) "continue") (data (i32.const ${RESULT}) "\\00\\00\\00\\00\\08\\00\\00\\00")
      ${more}
      (func (export "hook") (param i32 i32 i32 i32) (result i32) (local i32) ${hook})
      ${own.map(({ core }) => core).join('\n')})
    (core instance $guest (instantiate $guest (with "memory" (instance $memory))
      (with "sys" (instance ${LOWERED.map(([name]) => `(export "${name}" (func $${name}))`).join(' ')}))))
    (func (export "astrid-hook-trigger") (param "action" string) (param "payload" (list u8)) (result $result)
      (canon lift (core func $guest "hook") (memory $mem) (realloc $realloc) string-encoding=utf8))
    ${own.map(({ name }) => `(func (export "${name}") (canon lift (core func $guest "${name}")))`).join('\n')})`;
}
