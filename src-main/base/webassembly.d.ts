/** The part of the WebAssembly interface that we use. Node's types leave it to the DOM's, which a host without a window does not load. */
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>;

  /** Compiled code; opaque, and shared between threads by structured clone. */
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
    readonly [Symbol.toStringTag]: string;
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  class Memory {
    readonly buffer: ArrayBuffer;
  }

  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
}
