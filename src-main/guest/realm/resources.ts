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
