import type { TypedError } from '../base/typed-error.ts';
import type { ComponentReader } from './component-reader.ts';
import { capsuleError, type CapsuleErrorCode } from './errors.ts';
import { MAX_CORE_NAME_BYTES } from './limits.ts';

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

/** A section whose limits can be rewritten. */
export interface LimitsSection {
  /** Position of its id. */
  readonly start: number;
  /** Position behind its length. */
  readonly content: number;
  readonly end: number;
  readonly limits: readonly DeclaredLimits[];
}

/** What a core module takes from the host's heap when it is instantiated. */
export interface CoreModule {
  readonly memories: LimitsSection | null;
  readonly tables: LimitsSection | null;
  readonly importedTables: number;
  /** Entries of all element segments: each becomes an array of the host's heap when it is used. */
  readonly segmentEntries: number;
}

/** A flag of a limit: a maximum follows. Bits 1 and 2 (shared, 64-bit) add no bytes. */
export const HAS_MAXIMUM = 0x01;
/** A flag of a memory's limit: a page size follows. */
const HAS_PAGE_SIZE = 0x08;

/**
 * Walks a core module, all names checked; code and data are passed over. Core specification, chapter 5.
 *
 * @throws TypedError `component-bad-name`, `component-malformed`, or `component-unsupported` for garbage-collected
 *   types: nothing bounds what they take of the JavaScript heap, and the engine ends the whole process when it is full
 */
export function readCoreModule(reader: ComponentReader): CoreModule {
  requirePreamble(reader);
  let memories: LimitsSection | null = null;
  let tables: LimitsSection | null = null;
  let importedTables = 0;
  let segmentEntries = 0;
  while (!reader.done) {
    const start = reader.position;
    const id = reader.byte();
    const length = reader.u32();
    if (length > reader.remaining) {
      throw reader.malformed('a section is longer than its module');
    }
    const content = reader.position;
    const section = reader.part(length);
    const limitsSection = (limits: DeclaredLimits[]): LimitsSection => ({
      start,
      content,
      end: reader.position,
      limits,
    });
    switch (id) {
      case 1:
        section.vector(() => functionType(section));
        break;
      case 2:
        section.vector(() => {
          importedTables += readCoreImport(section) === 'table' ? 1 : 0;
        });
        break;
      case 4:
        if (tables !== null || memories !== null) {
          throw section.malformed('the tables of a core module are in the wrong place');
        }
        tables = limitsSection(items(section, () => tableEntry(section)));
        break;
      case 5:
        if (memories !== null) {
          throw section.malformed('a core module has two lists of memories');
        }
        memories = limitsSection(items(section, () => readLimits(section)));
        break;
      case 7:
        section.vector(() => {
          section.name('core export', MAX_CORE_NAME_BYTES);
          section.byte();
          section.u32();
        });
        break;
      case 9:
        section.vector(() => {
          segmentEntries += elementSegment(section);
        });
        break;
      default:
        // Custom, function, global, start, code, data, data count, tag: without names, limits and types.
        if (id > 13) {
          throw section.malformed(`there is a core section of the unknown kind ${id}`);
        }
        continue;
    }
    if (!section.done) {
      throw section.malformed('a core section has more bytes than its items');
    }
  }
  return { memories, tables, importedTables, segmentEntries };
}

/** Walks one import of a core module, or of a core module's type. */
export function readCoreImport(reader: ComponentReader): 'table' | 'other' {
  reader.name('core import', MAX_CORE_NAME_BYTES);
  reader.name('core import', MAX_CORE_NAME_BYTES);
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
      throw reader.malformed(`a core import or export has the unknown kind ${kind}`);
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

function requirePreamble(reader: ComponentReader): void {
  for (const byte of [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]) {
    if (reader.byte() !== byte) {
      throw reader.malformed('a core module does not begin as one');
    }
  }
}

function tableEntry(reader: ComponentReader): DeclaredLimits {
  if (reader.peek() !== 0x40) {
    coreValueType(reader);
    return readLimits(reader);
  }
  reader.byte();
  reader.byte();
  coreValueType(reader);
  const limits = readLimits(reader);
  constantExpression(reader);
  return limits;
}

/** Walks an element segment and answers how many entries it has. */
function elementSegment(reader: ComponentReader): number {
  const flags = reader.u32();
  if (flags > 0x07) {
    throw reader.malformed(`an element segment has the unknown flags ${flags}`);
  }
  const active = (flags & 0x01) === 0;
  const explicit = (flags & 0x02) !== 0;
  const expressions = (flags & 0x04) !== 0;
  if (active && explicit) {
    reader.u32();
  }
  if (active) {
    constantExpression(reader);
  }
  // A kind (functions, the only one) or the type of the expressions; without it both are of functions.
  if (!active || explicit) {
    if (expressions) {
      coreValueType(reader);
    } else {
      reader.byte();
    }
  }
  return reader.vector(() => {
    if (expressions) {
      constantExpression(reader);
    } else {
      reader.u32();
    }
  });
}

/** Walks an expression that a table or an element segment is filled with, or that says where. */
function constantExpression(reader: ComponentReader): void {
  for (;;) {
    const code = reader.byte();
    switch (code) {
      case 0x0b: // end
        return;
      case 0x23: // global.get
      case 0x41: // i32.const
      case 0x42: // i64.const
      case 0xd0: // ref.null
      case 0xd2: // ref.func
        reader.skipNumber();
        break;
      case 0x6a: // add, subtract, multiply of i32 and of i64
      case 0x6b:
      case 0x6c:
      case 0x7c:
      case 0x7d:
      case 0x7e:
        break;
      default:
        throw unsupported(reader, `a table that is filled by the instruction 0x${code.toString(16)}`);
    }
  }
}

function readLimits(reader: ComponentReader): DeclaredLimits {
  const start = reader.position;
  const flags = reader.byte();
  if (flags > 0x0f) {
    throw reader.malformed(`a limit has the unknown flags ${flags}`);
  }
  const minimum = reader.u64();
  const maximum = (flags & HAS_MAXIMUM) === 0 ? null : reader.u64();
  const pageSize = (flags & HAS_PAGE_SIZE) === 0 ? null : reader.u32();
  return { minimum, maximum, start, end: reader.position, flags, pageSize };
}

/** A number or vector type, or a reference type: in one byte, or with the type that it refers to. */
function coreValueType(reader: ComponentReader): void {
  const code = reader.byte();
  if (code === 0x63 || code === 0x64) {
    reader.skipNumber();
  } else if (!((code >= 0x7b && code <= 0x7f) || (code >= 0x69 && code <= 0x74))) {
    throw reader.malformed(`the core type ${code} is not known`);
  }
}

function items(reader: ComponentReader, item: () => DeclaredLimits): DeclaredLimits[] {
  const read: DeclaredLimits[] = [];
  reader.vector(() => read.push(item()));
  return read;
}

function unsupported(reader: ComponentReader, what: string): TypedError<CapsuleErrorCode> {
  return capsuleError(
    'component-unsupported',
    `The component cannot be used: ${reader.where} has ${what} at byte ${reader.position}.`,
    'Build it without garbage-collected types.',
  );
}
