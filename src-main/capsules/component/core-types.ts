import type { TypedError } from '../../base/typed-error.ts';
import type { ComponentReader } from './reader.ts';
import { capsuleError, type CapsuleErrorCode } from '../errors.ts';

/** The size of a memory (in pages) or a table (in elements), and where the module says it. */
export interface DeclaredLimits {
  readonly minimum: number;
  /** Null: as far as it can. */
  readonly maximum: number | null;
  /** Position of the first byte, the flags. */
  readonly start: number;
  /** Position behind the last byte. */
  readonly end: number;
  readonly flags: number;
  /** Of a memory, as its power of two; null for the usual one. */
  readonly pageSize: number | null;
}

/** A flag of a limit: a maximum follows. Bits 1 and 2 (shared, 64-bit) add no bytes. */
export const HAS_MAXIMUM = 0x01;
/** A flag of a memory's limit: a page size follows. */
const HAS_PAGE_SIZE = 0x08;

/** Walks one import of a core module, or of a core module's type. */
export function readCoreImport(reader: ComponentReader): 'table' | 'other' {
  reader.skipCoreName('core import');
  reader.skipCoreName('core import');
  return coreExternType(reader);
}

/** Walks the type of something that a core module takes or gives. */
export function coreExternType(reader: ComponentReader): 'table' | 'other' {
  const kind = reader.byte();
  switch (kind) {
    case 0x00: // function
      reader.u32();
      return 'other';
    case 0x01:
      coreValueType(reader);
      readLimits(reader);
      return 'table';
    case 0x02:
      readLimits(reader);
      return 'other';
    case 0x03: // global, with its mutability
      coreValueType(reader);
      reader.byte();
      return 'other';
    case 0x04: // tag
      reader.byte();
      reader.u32();
      return 'other';
    default:
      throw reader.malformed(`unknown kind ${kind} of a core import or export`);
  }
}

/** Walks the type of a core function; any other core type is refused. */
export function functionType(reader: ComponentReader): void {
  const form = reader.byte();
  if (form !== 0x60) {
    throw unsupported(reader, `a core type of the form 0x${form.toString(16)}`);
  }
  reader.vector(() => coreValueType(reader));
  reader.vector(() => coreValueType(reader));
}

/** Reads the size of a memory or a table. */
export function readLimits(reader: ComponentReader): DeclaredLimits {
  const start = reader.position;
  const flags = reader.byte();
  if (flags > 0x0f) {
    throw reader.malformed(`a limit has unknown flags ${flags}`);
  }
  const minimum = reader.u64();
  const maximum = (flags & HAS_MAXIMUM) === 0 ? null : reader.u64();
  const pageSize = (flags & HAS_PAGE_SIZE) === 0 ? null : reader.u32();
  return { minimum, maximum, start, end: reader.position, flags, pageSize };
}

/** A number or vector type, or a reference type: in one byte, or with the type that it refers to. */
export function coreValueType(reader: ComponentReader): void {
  const code = reader.byte();
  if (code === 0x63 || code === 0x64) {
    reader.skipNumber();
  } else if (!((code >= 0x7b && code <= 0x7f) || (code >= 0x69 && code <= 0x74))) {
    throw reader.malformed(`unknown core type ${code}`);
  }
}

/** @param hint by default for what nothing bounds once it runs: garbage-collected types and what makes their values */
export function unsupported(
  reader: ComponentReader,
  what: string,
  hint = 'Build it without garbage-collected types.',
): TypedError<CapsuleErrorCode> {
  return capsuleError(
    'component-unsupported',
    `The component is not supported: ${reader.where} has ${what} at byte ${reader.position}.`,
    hint,
  );
}
