import type { ComponentReader } from './reader.ts';
import { readExternName, readSort } from './types.ts';
import { coreExternType, functionType, readCoreImport } from './core-types.ts';
import { MAX_COMPONENT_DEPTH, MAX_CORE_NAME_BYTES } from '../limits.ts';

/** Walks one core instance: a core module with what it gets, or a bundle of exports. */
export function coreInstance(reader: ComponentReader): void {
  const form = reader.byte();
  if (form === 0x00) {
    reader.u32();
    reader.vector(() => {
      reader.name('core argument', MAX_CORE_NAME_BYTES);
      reader.byte();
      reader.u32();
    });
  } else if (form === 0x01) {
    reader.vector(() => {
      reader.name('core export', MAX_CORE_NAME_BYTES);
      reader.byte();
      reader.u32();
    });
  } else {
    throw reader.malformed(`unknown form ${form} of a core instance`);
  }
}

/** Walks one instance: a component with what it gets, or a bundle of exports. */
export function instance(reader: ComponentReader): void {
  const form = reader.byte();
  if (form === 0x00) {
    reader.u32();
    reader.vector(() => {
      reader.name('argument');
      readSort(reader);
      reader.u32();
    });
  } else if (form === 0x01) {
    reader.vector(() => {
      readExternName(reader, 'export');
      readSort(reader);
      reader.u32();
    });
  } else {
    throw reader.malformed(`unknown form ${form} of an instance`);
  }
}

/** Walks one core type: that of a core function or of a core module. */
export function coreType(reader: ComponentReader, depth = 0): void {
  if (depth > MAX_COMPONENT_DEPTH) {
    throw reader.malformed('core types are nested too deeply');
  }
  if (reader.peek() !== 0x50) {
    functionType(reader);
    return;
  }
  reader.byte();
  reader.vector(() => {
    const kind = reader.byte();
    switch (kind) {
      case 0x00:
        readCoreImport(reader);
        break;
      case 0x01:
        coreType(reader, depth + 1);
        break;
      case 0x02: // alias of a type around it: two bytes that say so, how far out, which
        reader.skip(2);
        reader.u32();
        reader.u32();
        break;
      case 0x03:
        reader.name('core export', MAX_CORE_NAME_BYTES);
        coreExternType(reader);
        break;
      default:
        throw reader.malformed(`unknown kind ${kind} of a core module declaration`);
    }
  });
}
