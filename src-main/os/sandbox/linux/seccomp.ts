import { ABSENT_CALLS, REFUSED_CALLS } from './syscalls.ts';

/** Processor architectures with a filter. */
export type FilteredArch = 'x64' | 'arm64';

/**
 * The seccomp filter as a compiled program of the classic Berkeley packet filter, the form `bwrap --seccomp` takes:
 * everything is allowed but what `syscalls.ts` lists, `ioctl` that types into a terminal, and `clone` into new
 * namespaces. Null for an architecture whose numbers are not known here: no filter then, the namespaces remain.
 */
export function seccompFilter(arch: string): Buffer | null {
  return arch === 'x64' || arch === 'arm64' ? assemble(instructions(arch)) : null;
}

/** The filter that refuses nothing. An empty one is no filter: the kernel does not take it, and bubblewrap starts nothing. */
export function emptyFilter(): Buffer {
  return assemble([[RETURN, 0, 0, ALLOW]]);
}

/** One instruction: code, jumps when true and false (instructions to skip), operand. */
type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, operand: number];

// Codes of linux/bpf_common.h: load a word of the call's data; compare the loaded word; end with a verdict.
const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const IF_ANY_BIT = 0x45;
const RETURN = 0x06;

// Offsets into `struct seccomp_data`: number, architecture, instruction pointer, six arguments of 8 bytes, low half first.
const NUMBER = 0;
const ARCHITECTURE = 4;
const ARGUMENT_0 = 16;
const ARGUMENT_1 = 24;

// Verdicts of linux/seccomp.h, errors of asm-generic/errno.h.
const ALLOW = 0x7fff_0000;
const KILL = 0x8000_0000;
const EPERM = 0x0005_0000 | 1;
const ENOSYS = 0x0005_0000 | 38;

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

function instructions(arch: FilteredArch): readonly Instruction[] {
  return [
    [LOAD, 0, 0, ARCHITECTURE],
    // A 32-bit program has other numbers, which would slip through.
    ...unless(IF_EQUAL, ARCHITECTURES[arch], KILL),
    [LOAD, 0, 0, NUMBER],
    ...(arch === 'x64' ? when(IF_AT_LEAST, X32_BIT, EPERM) : []),
    ...denied(arch, REFUSED_CALLS, EPERM),
    ...denied(arch, ABSENT_CALLS, ENOSYS),
    ...withArgument(CLONE[arch], ARGUMENT_0, when(IF_ANY_BIT, NEW_NAMESPACE, EPERM)),
    // The kernel itself takes only the low half of the second argument of `ioctl`.
    ...withArgument(
      IOCTL[arch],
      ARGUMENT_1,
      TERMINAL_INPUT.flatMap((request) => when(IF_EQUAL, request, EPERM)),
    ),
    [RETURN, 0, 0, ALLOW],
  ];
}

function denied(
  arch: FilteredArch,
  calls: readonly (readonly [string, number | null, number | null])[],
  verdict: number,
): readonly Instruction[] {
  return calls.flatMap(([, x64, arm64]) => {
    const number = arch === 'x64' ? x64 : arm64;
    return number === null ? [] : when(IF_EQUAL, number, verdict);
  });
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

/** For one call: judge by an argument, then allow. Others skip it, the call's number still loaded. */
function withArgument(
  number: number,
  argument: number,
  judge: readonly Instruction[],
): readonly Instruction[] {
  const body: readonly Instruction[] = [[LOAD, 0, 0, argument], ...judge, [RETURN, 0, 0, ALLOW]];
  return [[IF_EQUAL, 0, body.length, number], ...body];
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
