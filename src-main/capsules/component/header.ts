import { readCanonicalFunction } from './canonical-functions.ts';
import { readCoreModule } from './core-module.ts';
import { Scope, type Exports, type Item, type NestedComponent, type ReadFunction } from './definition.ts';
import { importOf, type ComponentImport } from './imports.ts';
import { coreInstance, coreType, readInstance } from './instances.ts';
import { withOwnResources } from './own-resources.ts';
import { requireComponent, sectionLength, skipPreamble } from './preamble.ts';
import { ComponentReader } from './reader.ts';
import { Tally } from './tally.ts';
import {
  readAlias,
  readExternDesc,
  readExternName,
  readSort,
  readType,
  requireNew,
  type DescribedItem,
} from './types.ts';
import { MAX_COMPONENT_DEPTH } from '../limits.ts';

/** What a component takes from outside and gives, seen without compiling or running any of it. */
export interface ComponentHeader {
  /** What somebody has to provide: types that only get a name are left out. */
  readonly imports: readonly ComponentImport[];
  readonly exports: readonly ComponentExport[];
}

export interface ComponentExport {
  readonly name: string;
  readonly kind: 'core' | 'func' | 'value' | 'type' | 'component' | 'instance';
  /** Of a function; null where the component does not say. */
  readonly func: ReadFunction | null;
}

const SORTS = ['core', 'func', 'value', 'type', 'component', 'instance'] as const;

/**
 * Walks a component with all that is nested in it, and reads the imports and exports at its top with their types. Every
 * name is checked on the way, at every depth: see `ComponentReader`. That it is valid is not checked; what does not
 * become clear is null in the answer.
 *
 * @throws TypedError `component-not-wasm`, `component-core-module`, `component-truncated`, `component-malformed`,
 *   `component-too-large`, `component-bad-name` or `component-unsupported`
 */
export function readComponentHeader(bytes: Uint8Array): ComponentHeader {
  const start = requireComponent(bytes);
  return new Walk(new ComponentReader(bytes, start, bytes.length), null, 0).header();
}

/** One component on the way through. */
class Walk {
  readonly #reader: ComponentReader;
  readonly #depth: number;
  readonly #scope: Scope;
  readonly #tally: Tally;
  readonly #imported = new Set<string>();
  readonly #imports: ComponentImport[] = [];
  readonly #exports = new Map<string, ComponentExport & { readonly item: Item }>();
  #coreModules = 0;
  #components = 0;

  constructor(reader: ComponentReader, outer: Scope | null, depth: number) {
    if (depth > MAX_COMPONENT_DEPTH) {
      throw reader.malformed('components are nested too deeply');
    }
    this.#reader = reader;
    this.#depth = depth;
    this.#scope = new Scope(outer);
    this.#tally = new Tally(reader.where);
  }

  header(): ComponentHeader {
    this.#sections();
    const exports = [...this.#exports.values()].map(({ name, kind, func }) => ({ name, kind, func }));
    return { imports: this.#imports, exports };
  }

  nested(): NestedComponent {
    this.#sections();
    const exports: Exports = new Map([...this.#exports].map(([name, { item }]) => [name, item]));
    return { exports, made: this.#tally.made };
  }

  #sections(): void {
    while (!this.#reader.done) {
      const id = this.#reader.byte();
      const length = sectionLength(this.#reader);
      this.#section(id, this.#reader.part(length), length);
    }
  }

  #section(id: number, section: ComponentReader, length: number): void {
    switch (id) {
      case 1:
        readCoreModule(section.part(length, `core module ${this.#coreModules} of ${this.#reader.where}`));
        this.#coreModules += 1;
        break;
      case 2:
        section.vector(() => this.#tally.add({ coreInstances: coreInstance(section) ? 1 : 0, steps: 1 }));
        break;
      case 3:
        section.vector(() => coreType(section));
        break;
      case 4:
        this.#component(
          section.part(length, `nested component ${this.#components} of ${this.#reader.where}`),
        );
        break;
      case 5:
        section.vector(() => {
          this.#tally.step();
          this.#tally.add(readInstance(section, this.#scope));
        });
        break;
      case 6:
        section.vector(() => {
          this.#tally.step();
          readAlias(section, this.#scope);
        });
        break;
      case 7:
        section.vector(() => this.#scope.types.push(readType(section, this.#scope)));
        break;
      case 8:
        section.vector(() => {
          this.#tally.step();
          readCanonicalFunction(section, this.#scope);
        });
        break;
      case 10:
        section.vector(() => this.#import(section));
        break;
      case 11:
        section.vector(() => {
          this.#tally.step();
          this.#export(section);
        });
        break;
      default:
        // Custom, start, value: without names and types.
        if (id > 12) {
          throw this.#reader.malformed(`unknown section kind ${id}`);
        }
        return;
    }
    if (!section.done) {
      throw section.malformed('a section has bytes after its last item');
    }
  }

  #component(nested: ComponentReader): void {
    skipPreamble(nested);
    const walk = new Walk(nested, this.#scope, this.#depth + 1);
    this.#scope.components.push(walk.nested());
    this.#components += 1;
  }

  #import(reader: ComponentReader): void {
    const name = readExternName(reader, 'import');
    const described = readExternDesc(reader, this.#scope);
    requireNew(reader, this.#imported, name);
    this.#imported.add(name);
    this.#tally.step();
    // Only the outermost takes from the host.
    const item = this.#depth === 0 ? this.#fromHost(reader, name, described) : described.item;
    this.#scope.add(item);
  }

  #fromHost(reader: ComponentReader, name: string, described: DescribedItem): Item {
    const { item } = described;
    if (item.sort === 'instance') {
      // Each is gone through, and a type that is imported a thousand times says a thousand times what it has.
      this.#tally.add({ coreInstances: 0, steps: item.exports?.size ?? 0 });
    }
    const own = ownInstance(reader, name, described);
    // Nobody has to provide a type that only gets a name.
    if (described.kind !== 'type' || described.isNew) {
      this.#imports.push(importOf(name, described, own));
    }
    return own;
  }

  #export(reader: ComponentReader): void {
    const name = readExternName(reader, 'export');
    const sort = readSort(reader);
    const own = this.#scope.at(sort, reader.u32());
    const described = reader.byte();
    if (described > 0x01) {
      throw reader.malformed('an export has an invalid description');
    }
    const item = described === 0x01 ? readExternDesc(reader, this.#scope).item : own;
    requireNew(reader, this.#exports, name);
    this.#scope.add(item);
    const func = item.sort === 'func' ? item.func : null;
    this.#exports.set(name, { name, kind: SORTS[sort] ?? 'core', func, item });
  }
}

function ownInstance(reader: ComponentReader, name: string, { item, fresh }: DescribedItem): Item {
  if (item.sort !== 'instance') {
    return item;
  }
  if (item.exports === null) {
    throw reader.malformed('the type of an imported instance is not an instance type');
  }
  return { sort: 'instance', exports: withOwnResources(reader, name, item.exports, fresh) };
}
