import type { HandleShape } from '../host/generated/table.ts';

/** What jco calls when the guest drops a resource: the well-known symbol where the engine has it. */
const disposeSymbols: readonly symbol[] = [Symbol.for('dispose'), Symbol.dispose].filter(
  (symbol): symbol is symbol => typeof symbol === 'symbol',
);

/** An object that stands for a host resource inside the transpiled component. */
export class HostResource {
  handle = 0;
}

export type ResourceClass = new () => HostResource;

/** One class per imported resource, since jco checks what it lowers with `instanceof`. */
export interface ResourceClasses {
  readonly get: (fullName: string) => ResourceClass;
}

/**
 * @param drop gives a handle back to the host
 */
export function createResourceClasses(drop: (handle: number) => void): ResourceClasses {
  const classes = new Map<string, ResourceClass>();
  return {
    get(fullName) {
      const known = classes.get(fullName);
      if (known !== undefined) {
        return known;
      }
      const made = class extends HostResource {};
      for (const symbol of disposeSymbols) {
        Object.defineProperty(made.prototype, symbol, {
          value(this: HostResource) {
            drop(this.handle);
          },
        });
      }
      classes.set(fullName, made);
      return made;
    },
  };
}

/** A value on its way to the host: resources become their numbers, everything else stays. */
export function unwrapHandles(value: unknown, shape: HandleShape | null): unknown {
  return mapHandles(value, shape, (resource) => (resource as HostResource).handle);
}

/** A value on its way to the guest: numbers at the places of `shape` become objects of their class. */
export function wrapHandles(value: unknown, shape: HandleShape | null, classes: ResourceClasses): unknown {
  return mapHandles(value, shape, (handle, fullName) => {
    const resource = new (classes.get(fullName))();
    resource.handle = handle as number;
    return resource;
  });
}

function mapHandles(
  value: unknown,
  shape: HandleShape | null,
  convert: (value: unknown, fullName: string) => unknown,
): unknown {
  if (shape === null || value === undefined || value === null) {
    return value;
  }
  const inner = (part: unknown, partShape: HandleShape | null): unknown =>
    mapHandles(part, partShape, convert);
  switch (shape.kind) {
    case 'own':
    case 'borrow':
      return convert(value, shape.resource);
    case 'list':
      return (value as readonly unknown[]).map((item) => inner(item, shape.of));
    case 'option':
      return inner(value, shape.of);
    case 'tuple':
      return (value as readonly unknown[]).map((item, index) => inner(item, shape.items[index] ?? null));
    case 'record': {
      const record = value as Readonly<Record<string, unknown>>;
      const changed = Object.entries(shape.fields).map(
        ([field, of]) => [field, inner(record[field], of)] as const,
      );
      return { ...record, ...Object.fromEntries(changed) };
    }
    case 'variant': {
      const variant = value as { readonly tag: string; readonly val?: unknown };
      const caseShape = shape.cases[variant.tag];
      return caseShape === undefined ? value : { tag: variant.tag, val: inner(variant.val, caseShape) };
    }
  }
}
