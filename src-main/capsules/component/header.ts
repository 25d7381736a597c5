import { capsuleError } from '../errors.ts';
import { coreInstance, coreType, instance } from './instances.ts';
import { ComponentReader } from './reader.ts';
import {
  readAlias,
  readExternDesc,
  readExternName,
  readSort,
  readType,
  requireNew,
  type ExternDesc,
  type InstanceShape,
  type TypeEntry,
} from './types.ts';
import { readCoreModule } from './core-module.ts';
import { MAX_COMPONENT_DEPTH } from '../limits.ts';

/** What a component takes from outside and gives, seen without compiling or running any of it. */
export interface ComponentHeader {
  /** What somebody has to provide: types that only get a name are left out. */
  readonly imports: readonly ComponentImport[];
  readonly exports: readonly ComponentExport[];
}

export interface ComponentImport extends InstanceShape {
  /** Such as `astrid:process/host@1.0.0`. */
  readonly name: string;
  readonly kind: ExternDesc['kind'];
}

export interface ComponentExport {
  readonly name: string;
  readonly kind: 'core' | 'func' | 'value' | 'type' | 'component' | 'instance';
}

const PREAMBLE_BYTES = 8;
const SORTS = ['core', 'func', 'value', 'type', 'component', 'instance'] as const;
const NOTHING: InstanceShape = { functions: [], resources: [] };

/**
 * Walks a component with all that is nested in it, and decodes the imports and exports at its top. Every name is
 * checked on the way, at every depth: see `ComponentReader`.
 *
 * @throws TypedError `component-not-wasm`, `component-core-module`, `component-truncated`, `component-malformed`,
 *   `component-too-large`, `component-bad-name` or `component-unsupported`
 */
export function readComponentHeader(bytes: Uint8Array): ComponentHeader {
  requireComponent(bytes);
  return readComponent(new ComponentReader(bytes, PREAMBLE_BYTES, bytes.length), 0);
}

function readComponent(reader: ComponentReader, depth: number): ComponentHeader {
  if (depth > MAX_COMPONENT_DEPTH) {
    throw reader.malformed('components are nested too deeply');
  }
  const imports: ComponentImport[] = [];
  const exports: ComponentExport[] = [];
  const types: TypeEntry[] = [];
  const imported = new Set<string>();
  let coreModules = 0;
  let components = 0;
  while (!reader.done) {
    const id = reader.byte();
    const length = sectionLength(reader);
    const section = reader.part(length);
    switch (id) {
      case 1:
        readCoreModule(section.part(length, `core module ${coreModules} of ${reader.where}`));
        coreModules += 1;
        break;
      case 2:
        section.vector(() => coreInstance(section));
        break;
      case 3:
        section.vector(() => coreType(section));
        break;
      case 4: {
        const nested = section.part(length, `nested component ${components} of ${reader.where}`);
        nested.skip(PREAMBLE_BYTES);
        readComponent(nested, depth + 1);
        components += 1;
        break;
      }
      case 5:
        section.vector(() => instance(section));
        break;
      case 6:
        section.vector(() => {
          if (readAlias(section)) {
            types.push(null);
          }
        });
        break;
      case 7:
        section.vector(() => types.push(readType(section)));
        break;
      case 10:
        section.vector(() => {
          const read = readImport(section, types, depth);
          if (read !== undefined) {
            requireNew(section, imported, read.name);
            imports.push(read);
          }
        });
        break;
      case 11:
        section.vector(() => exports.push(readExport(section, types)));
        break;
      default:
        // Custom, canon, start, value: without names and types.
        if (id > 12) {
          throw reader.malformed(`unknown section kind ${id}`);
        }
        continue;
    }
    if (!section.done) {
      throw section.malformed('a section has bytes after its last item');
    }
  }
  return { imports, exports };
}

function requireComponent(bytes: Uint8Array): void {
  const magic = [0x00, 0x61, 0x73, 0x6d];
  if (!magic.every((byte, index) => bytes[index] === byte || index >= bytes.length) || bytes.length === 0) {
    throw capsuleError(
      'component-not-wasm',
      bytes.length === 0 ? 'The component is an empty file.' : 'The component is not a WebAssembly file.',
      'Set "file" in [[component]] to the .wasm file that the build produces.',
    );
  }
  if (bytes.length < 8) {
    throw truncated(`it has only ${bytes.length} bytes`);
  }
  const version = (bytes[4] ?? 0) + 256 * (bytes[5] ?? 0);
  const layer = (bytes[6] ?? 0) + 256 * (bytes[7] ?? 0);
  if (layer === 0) {
    throw capsuleError(
      'component-core-module',
      'The file is a core WebAssembly module, not a component.',
      'Build for a component target, or convert it with "wasm-tools component new".',
    );
  }
  if (layer !== 1 || version !== 0x0d) {
    throw capsuleError(
      'component-malformed',
      `Unsupported component binary version ${version}, layer ${layer}; supported: version 13, layer 1.`,
      'Rebuild it with a current toolchain.',
    );
  }
}

function sectionLength(reader: ComponentReader): number {
  // A length that breaks off is a file that breaks off; a wrong number is damage.
  if (reader.done) {
    throw truncated('a section has no length');
  }
  const length = reader.u32();
  if (length > reader.remaining) {
    throw truncated(`a section of ${length} bytes has only ${reader.remaining} left`);
  }
  return length;
}

/** One import; undefined for a type that only gets a name here, since nobody has to provide it. */
function readImport(reader: ComponentReader, types: TypeEntry[], depth: number): ComponentImport | undefined {
  const name = readExternName(reader, 'import');
  const desc = readExternDesc(reader);
  if (desc.kind === 'type') {
    types.push(desc.equals === null ? null : typeAt(reader, types, desc.equals));
    if (desc.equals !== null) {
      return undefined;
    }
  }
  if (desc.kind !== 'instance') {
    return { name, kind: desc.kind, ...NOTHING };
  }
  const shape = typeAt(reader, types, desc.index);
  // Only what the outermost component wants has to be served; a nested one may take its types from around it.
  if (shape === null && depth === 0) {
    throw reader.malformed('the type of an imported instance is not an instance type');
  }
  return { name, kind: 'instance', ...(shape ?? NOTHING) };
}

function readExport(reader: ComponentReader, types: TypeEntry[]): ComponentExport {
  const name = readExternName(reader, 'export');
  const sort = readSort(reader);
  const index = reader.u32();
  const described = reader.byte();
  if (described === 0x01) {
    readExternDesc(reader);
  } else if (described !== 0x00) {
    throw reader.malformed('an export has an invalid description');
  }
  if (sort === 0x03) {
    types.push(typeAt(reader, types, index));
  }
  return { name, kind: SORTS[sort] ?? 'core' };
}

function typeAt(reader: ComponentReader, types: readonly TypeEntry[], index: number): TypeEntry {
  const type = types[index];
  if (type === undefined) {
    throw reader.malformed(`the type ${index} does not exist`);
  }
  return type;
}

function truncated(what: string): Error {
  return capsuleError(
    'component-truncated',
    `The component is truncated: ${what}.`,
    'Rebuild it or copy it again.',
  );
}
