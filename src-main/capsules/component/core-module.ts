import type { ComponentReader } from './reader.ts';
import { constantExpression, elementSegment } from './core-segments.ts';
import {
  coreValueType,
  functionType,
  readCoreImport,
  readLimits,
  type DeclaredLimits,
} from './core-types.ts';

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

/**
 * Walks a core module, all names checked and everything counted; instructions and data are passed over. Core
 * specification, chapter 5.
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
        section.spend(
          'coreTypes',
          section.vector(() => functionType(section)),
        );
        break;
      case 2:
        section.vector(() => {
          importedTables += readCoreImport(section) === 'table' ? 1 : 0;
        });
        break;
      case 4:
        if (tables !== null || memories !== null) {
          throw section.malformed('the table section of a core module is misplaced');
        }
        tables = limitsSection(items(section, () => tableEntry(section)));
        break;
      case 5:
        if (memories !== null) {
          throw section.malformed('a core module has two memory sections');
        }
        memories = limitsSection(items(section, () => readLimits(section)));
        break;
      case 7:
        section.vector(() => {
          section.skipCoreName('core export');
          section.byte();
          section.u32();
        });
        break;
      case 9:
        section.vector(() => {
          section.spend('segments', 1);
          segmentEntries += elementSegment(section);
        });
        break;
      case 10:
        section.vector(() => functionBody(section));
        break;
      case 3:
      case 6:
      case 11:
        section.spend(COUNTED[id], section.u32());
        continue;
      default:
        // Custom, start, data count, tag: without names, limits and types.
        if (id > 13) {
          throw section.malformed(`unknown core section kind ${id}`);
        }
        continue;
    }
    if (!section.done) {
      throw section.malformed('a core section has bytes after its last item');
    }
  }
  return { memories, tables, importedTables, segmentEntries };
}

/** What stands in a section of which only the number of its items matters. */
const COUNTED = { 3: 'functions', 6: 'globals', 11: 'segments' } as const;

function requirePreamble(reader: ComponentReader): void {
  for (const byte of [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]) {
    if (reader.byte() !== byte) {
      throw reader.malformed('a core module has an invalid header');
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

/** Only how many local variables it declares: one group of them takes some bytes, whatever their number. */
function functionBody(reader: ComponentReader): void {
  const body = reader.part(reader.u32());
  body.vector(() => {
    body.spend('locals', body.u32());
    coreValueType(body);
  });
}

function items(reader: ComponentReader, item: () => DeclaredLimits): DeclaredLimits[] {
  const read: DeclaredLimits[] = [];
  reader.vector(() => read.push(item()));
  return read;
}
