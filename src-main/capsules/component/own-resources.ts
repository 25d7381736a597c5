import type { ComponentReader } from './reader.ts';
import {
  Resource,
  type Definition,
  type Exports,
  type Item,
  type ReadFunction,
  type ReadType,
} from './definition.ts';

/**
 * The exports of an instance that is imported from outside under `name`. Its resources are its own, whatever else has
 * been imported with the same type, and known by the name under which the host serves them.
 *
 * @param fresh the resources that its type declares, by the name of their export
 */
export function withOwnResources(
  reader: ComponentReader,
  name: string,
  exports: Exports,
  fresh: ReadonlyMap<string, Resource>,
): Exports {
  const own = new Map([...fresh].map(([wit, resource]) => [resource, new Resource(`${name}#${wit}`)]));
  return own.size === 0 ? exports : new Replacement(reader, own).exports(exports);
}

/** Copies types with other resources in them. What many mention is copied once. */
class Replacement {
  readonly #reader: ComponentReader;
  readonly #own: ReadonlyMap<Resource, Resource>;
  readonly #copies = new Map<object, ReadType>();

  constructor(reader: ComponentReader, own: ReadonlyMap<Resource, Resource>) {
    this.#reader = reader;
    this.#own = own;
  }

  exports(exports: Exports): Exports {
    return new Map([...exports].map(([name, item]) => [name, this.#item(item)]));
  }

  #item(item: Item): Item {
    this.#reader.spend('typeParts', 1);
    switch (item.sort) {
      case 'type':
        return { ...item, definition: item.definition === null ? null : this.#definition(item.definition) };
      case 'func':
        return { ...item, func: item.func === null ? null : this.#func(item.func) };
      case 'instance':
        return { ...item, exports: item.exports === null ? null : this.exports(item.exports) };
      case 'component':
      case 'other':
        return item;
    }
  }

  #definition(definition: Definition): Definition {
    switch (definition.sort) {
      case 'value':
        return { ...definition, type: this.#type(definition.type) };
      case 'resource':
        return { ...definition, resource: this.#resource(definition.resource) };
      case 'func':
        return { ...definition, func: this.#func(definition.func) };
      case 'instance':
        return { ...definition, exports: this.exports(definition.exports) };
      case 'component':
        return definition;
    }
  }

  #func(func: ReadFunction): ReadFunction {
    return {
      ...func,
      params: func.params.map(({ name, type }) => ({ name, type: this.#type(type) })),
      result: this.#orNull(func.result),
    };
  }

  #type(type: ReadType): ReadType {
    // Every mention counts: that is the work.
    this.#reader.spend('typeParts', 1);
    if (typeof type === 'string' || type.kind === 'foreign') {
      return type;
    }
    const known = this.#copies.get(type);
    if (known !== undefined) {
      return known;
    }
    const copy = this.#copied(type);
    this.#copies.set(type, copy);
    return copy;
  }

  #copied(type: Exclude<ReadType, string>): ReadType {
    switch (type.kind) {
      case 'list':
      case 'option':
        return { ...type, of: this.#type(type.of) };
      case 'tuple':
        return { ...type, items: type.items.map((item) => this.#type(item)) };
      case 'record':
        return {
          ...type,
          fields: type.fields.map(({ name, type: field }) => ({ name, type: this.#type(field) })),
        };
      case 'variant':
        return {
          ...type,
          cases: type.cases.map(({ name, type: payload }) => ({ name, type: this.#orNull(payload) })),
        };
      case 'result':
        return { ...type, ok: this.#orNull(type.ok), err: this.#orNull(type.err) };
      case 'own':
      case 'borrow':
        return { ...type, resource: this.#resource(type.resource) };
      case 'enum':
      case 'flags':
      case 'foreign':
        return type;
    }
  }

  #orNull(type: ReadType | null): ReadType | null {
    return type === null ? null : this.#type(type);
  }

  #resource(resource: Resource): Resource {
    return this.#own.get(resource) ?? resource;
  }
}
