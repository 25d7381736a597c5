import {
  ABSENT_CALLS,
  LIMIT_CALLS,
  MAX_SEGMENT_BYTES,
  MAX_SEMAPHORES,
  MODE_CALLS,
  OPEN_CALLS,
  REFUSED_CALLS,
  SEGMENT_CALL,
  SEMAPHORE_CALL,
  SOCKET_CALLS,
  SOCKET_FAMILIES,
} from './syscalls.ts';
import type { DeniedCall } from './syscalls.ts';

/** Processor architectures with a filter. */
export type FilteredArch = 'x64' | 'arm64';

/**
 * The seccomp filter as a compiled program of the classic Berkeley packet filter, the form `bwrap --seccomp` takes:
 * everything is allowed but what `syscalls.ts` lists, `ioctl` that types into a terminal, `clone` into new
 * namespaces, sockets of unusual families, large sets of semaphores, set-user-id files, and another limit of core dumps. Null for an architecture whose numbers are not known here: no filter then, the namespaces remain.
 */
export function seccompFilter(arch: string, network: SandboxNetwork): Buffer | null {
  return arch === 'x64' || arch === 'arm64' ? assemble(instructions(arch, network)) : null;
}

/**
 * With the machine's network a program shares its abstract Unix sockets, which are no files: an X server listens on one, and
 * who reaches it can read what a person types and type as they do. A filter cannot see to where a socket is connected, so
 * there are none then, but for pairs of the kind that is connected for good.
 */
export type SandboxNetwork = 'own' | 'shared';

/** The filter that refuses nothing. An empty one is no filter: the kernel does not take it, and bubblewrap starts nothing. */
export function emptyFilter(): Buffer {
  return assemble([[RETURN, 0, 0, ALLOW]]);
}

/** One instruction: code, jumps when true and false (instructions to skip), operand. */
type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, operand: number];

// Codes of linux/bpf_common.h: load a word of the call's data; compare the loaded word, or keep
// some of its bits; end with a verdict.
const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const IF_ANY_BIT = 0x45;
const KEEP_BITS = 0x54;
const RETURN = 0x06;

// Offsets into `struct seccomp_data`: number, architecture, instruction pointer, six arguments of 8 bytes, low half first.
const NUMBER = 0;
const ARCHITECTURE = 4;
const FIRST_ARGUMENT = 16;
const ARGUMENT_BYTES = 8;
const HIGH_HALF = 4;

// Verdicts of linux/seccomp.h, errors of asm-generic/errno.h.
const ALLOW = 0x7fff_0000;
const KILL = 0x8000_0000;
const EPERM = 0x0005_0000 | 1;
const EINVAL = 0x0005_0000 | 22;
const ENOSYS = 0x0005_0000 | 38;
const ENOSPC = 0x0005_0000 | 28;
const EAFNOSUPPORT = 0x0005_0000 | 97;
/** An error of zero: the call is not made, and the program is told that it was. */
const DONE = 0x0005_0000;

/** AUDIT_ARCH_* of linux/audit.h. */
const ARCHITECTURES: Readonly<Record<FilteredArch, number>> = { x64: 0xc000_003e, arm64: 0xc000_00b7 };
/** Numbers with this bit are the x32 interface, a second way to every call of x86_64. */
const X32_BIT = 0x4000_0000;
const IOCTL: Readonly<Record<FilteredArch, number>> = { x64: 16, arm64: 29 };
const CLONE: Readonly<Record<FilteredArch, number>> = { x64: 56, arm64: 220 };
/** Puts characters into a terminal's input; does the same and more on a console. */
const TERMINAL_INPUT = [0x5412, 0x541c];
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACE = 0x7e02_0000;
/** S_ISUID and S_ISGID. */
const SET_ID = 0o6000;
/** O_CREAT and the bit of O_TMPFILE that is its own. */
const MAKES_A_FILE = 0o100 | 0o20000000;
const RLIMIT_CORE = 4;
const UNIX = 1;
const SOCK_DGRAM = 2;
/** Of the type of a socket; the rest are flags. */
const SOCKET_TYPE = 0xf;
/** One of datagrams can be connected again, to anybody. */
const UNIX_PAIRS: readonly Instruction[] = inCase(UNIX, [
  load(1),
  [KEEP_BITS, 0, 0, SOCKET_TYPE],
  ...when(IF_EQUAL, SOCK_DGRAM, EAFNOSUPPORT),
  [RETURN, 0, 0, ALLOW],
]);

function instructions(arch: FilteredArch, network: SandboxNetwork): readonly Instruction[] {
  return [
    [LOAD, 0, 0, ARCHITECTURE],
    // A 32-bit program has other numbers, which would slip through.
    ...unless(IF_EQUAL, ARCHITECTURES[arch], KILL),
    [LOAD, 0, 0, NUMBER],
    ...(arch === 'x64' ? when(IF_AT_LEAST, X32_BIT, EPERM) : []),
    ...denied(arch, REFUSED_CALLS, EPERM),
    ...denied(arch, ABSENT_CALLS, ENOSYS),
    ...withArgument(CLONE[arch], 0, when(IF_ANY_BIT, NEW_NAMESPACE, EPERM)),
    // The kernel itself takes only the low half of the arguments from here on, but for pointers.
    ...withArgument(
      IOCTL[arch],
      1,
      TERMINAL_INPUT.flatMap((request) => when(IF_EQUAL, request, EPERM)),
    ),
    ...each(arch, SOCKET_CALLS, (number, [name]) =>
      withArgument(number, 0, [
        ...(network === 'own' ? [] : name === 'socket' ? when(IF_EQUAL, UNIX, EAFNOSUPPORT) : UNIX_PAIRS),
        ...SOCKET_FAMILIES.flatMap((family) => when(IF_EQUAL, family, ALLOW)),
        [RETURN, 0, 0, EAFNOSUPPORT],
      ]),
    ),
    ...each(arch, [SEGMENT_CALL], (number, [, , , size]) =>
      withArgument(number, size, [
        ...when(IF_AT_LEAST, MAX_SEGMENT_BYTES + 1, EINVAL),
        load(size, HIGH_HALF),
        ...when(IF_AT_LEAST, 1, EINVAL),
      ]),
    ),
    ...each(arch, [SEMAPHORE_CALL], (number, [, , , count]) =>
      withArgument(number, count, when(IF_AT_LEAST, MAX_SEMAPHORES + 1, ENOSPC)),
    ),
    ...each(arch, MODE_CALLS, (number, [, , , mode]) =>
      withArgument(number, mode, when(IF_ANY_BIT, SET_ID, EPERM)),
    ),
    ...each(arch, OPEN_CALLS, (number, [, , , flags]) =>
      withArgument(number, flags, [
        ...unless(IF_ANY_BIT, MAKES_A_FILE, ALLOW),
        load(flags + 1),
        ...when(IF_ANY_BIT, SET_ID, EPERM),
      ]),
    ),
    ...each(arch, LIMIT_CALLS, (number, [, , , resource, limit]) =>
      withArgument(number, resource, [
        ...unless(IF_EQUAL, RLIMIT_CORE, ALLOW),
        load(limit),
        ...unless(IF_EQUAL, 0, DONE),
        load(limit, HIGH_HALF),
        ...unless(IF_EQUAL, 0, DONE),
      ]),
    ),
    [RETURN, 0, 0, ALLOW],
  ];
}

function denied(arch: FilteredArch, calls: readonly DeniedCall[], verdict: number): readonly Instruction[] {
  return each(arch, calls, (number) => when(IF_EQUAL, number, verdict));
}

/** What `make` gives for each call that this architecture has. */
function each<Call extends readonly [string, number | null, number | null, ...unknown[]]>(
  arch: FilteredArch,
  calls: readonly Call[],
  make: (number: number, call: Call) => readonly Instruction[],
): readonly Instruction[] {
  return calls.flatMap((call) => {
    const number = arch === 'x64' ? call[1] : call[2];
    return number === null ? [] : make(number, call);
  });
}

function load(argument: number, half = 0): Instruction {
  return [LOAD, 0, 0, FIRST_ARGUMENT + argument * ARGUMENT_BYTES + half];
}

function when(code: number, operand: number, verdict: number): readonly Instruction[] {
  return [
    [code, 0, 1, operand],
    [RETURN, 0, 0, verdict],
  ];
}

function unless(code: number, operand: number, verdict: number): readonly Instruction[] {
  return [
    [code, 1, 0, operand],
    [RETURN, 0, 0, verdict],
  ];
}

/** What is done when the loaded word is this; it ends with a verdict. */
function inCase(operand: number, then: readonly Instruction[]): readonly Instruction[] {
  return [[IF_EQUAL, 0, then.length, operand], ...then];
}

/** For one call: judge by an argument, then allow. Others skip it, the call's number still loaded. */
function withArgument(
  number: number,
  argument: number,
  judge: readonly Instruction[],
): readonly Instruction[] {
  return inCase(number, [load(argument), ...judge, [RETURN, 0, 0, ALLOW]]);
}

/** `struct sock_filter`, 8 bytes each: u16 code, u8 and u8 jumps, u32 operand. Both architectures are little-endian. */
function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(([code, jumpTrue, jumpFalse, operand], index) => {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jumpTrue, index * 8 + 2);
    bytes.writeUInt8(jumpFalse, index * 8 + 3);
    bytes.writeUInt32LE(operand >>> 0, index * 8 + 4);
  });
  return bytes;
}
