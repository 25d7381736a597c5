import type { Exports, Item, Scope, Made, NestedComponent } from './definition.ts';
import type { ComponentReader } from './reader.ts';
import { readExternName, readSort, requireNew } from './types.ts';
import { coreExternType, functionType, readCoreImport, unsupported } from './core-types.ts';
import { MAX_COMPONENT_DEPTH } from '../limits.ts';

/** Walks one core instance: true for a core module with what it gets, false for a bundle of exports. */
export function coreInstance(reader: ComponentReader): boolean {
  const form = reader.byte();
  if (form === 0x00) {
    reader.u32();
    reader.vector(() => {
      reader.skipCoreName('core argument');
      reader.byte();
      reader.u32();
    });
  } else if (form === 0x01) {
    reader.vector(() => {
      reader.skipCoreName('core export');
      reader.byte();
      reader.u32();
    });
  } else {
    throw reader.malformed(`unknown form ${form} of a core instance`);
  }
  return form === 0x00;
}

/**
 * Reads one instance, a component with what it gets or a bundle of exports, and adds it to the scope.
 *
 * @returns what comes into being with it
 * @throws TypedError `component-unsupported` for an instance of a component that is itself imported: how much that makes
 *   is not said
 */
export function readInstance(reader: ComponentReader, scope: Scope): Made {
  const form = reader.byte();
  if (form === 0x00) {
    const component = componentAt(reader, scope);
    reader.vector(() => {
      reader.name('argument');
      readSort(reader);
      reader.u32();
    });
    scope.instances.push(component.exports);
    return component.made;
  }
  if (form === 0x01) {
    scope.instances.push(bundle(reader, scope));
    return { coreInstances: 0, steps: 0 };
  }
  throw reader.malformed(`unknown form ${form} of an instance`);
}

function componentAt(reader: ComponentReader, scope: Scope): NestedComponent {
  const component = scope.components[reader.u32()];
  if (component === undefined) {
    throw reader.malformed('an instance is of a component that does not exist');
  }
  if (component === null) {
    throw unsupported(
      reader,
      'an instance of an imported component',
      'Compose it of components that it contains.',
    );
  }
  return component;
}

function bundle(reader: ComponentReader, scope: Scope): Exports {
  const exports = new Map<string, Item>();
  reader.vector(() => {
    const name = readExternName(reader, 'export');
    requireNew(reader, exports, name);
    exports.set(name, scope.at(readSort(reader), reader.u32()));
  });
  return exports;
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
        reader.skipCoreName('core export');
        coreExternType(reader);
        break;
      default:
        throw reader.malformed(`unknown kind ${kind} of a core module declaration`);
    }
  });
}
