import { unsupported } from './core-types.ts';
import type { Scope } from './definition.ts';
import type { ComponentReader } from './reader.ts';
import { typeAt } from './types.ts';

/**
 * Reads one canonical function; a lifted one is added to the scope. Opcodes: Component Model,
 * `design/mvp/Binary.md`.
 *
 * @throws TypedError `component-unsupported` for those of the asynchronous ABI: the contract has nothing asynchronous,
 *   and a call of the host's is one function that returns
 */
export function readCanonicalFunction(reader: ComponentReader, scope: Scope): void {
  const code = reader.byte();
  switch (code) {
    case 0x00: {
      sortByte(reader);
      reader.u32();
      options(reader);
      const definition = typeAt(reader, scope);
      scope.funcs.push(definition?.sort === 'func' ? definition.func : null);
      return;
    }
    case 0x01:
      sortByte(reader);
      reader.u32();
      options(reader);
      return;
    case 0x02: // resource.new, resource.drop, resource.rep
    case 0x03:
    case 0x04:
      reader.u32();
      return;
    default:
      throw unsupported(reader, `the canonical function 0x${code.toString(16)}`, SYNCHRONOUS);
  }
}

const SYNCHRONOUS = 'Build it with synchronous imports and exports.';

function sortByte(reader: ComponentReader): void {
  if (reader.byte() !== 0x00) {
    throw reader.malformed('a canonical function is of an unknown sort');
  }
}

function options(reader: ComponentReader): void {
  reader.vector(() => {
    const code = reader.byte();
    switch (code) {
      case 0x00: // UTF-8, UTF-16
      case 0x01:
        return;
      case 0x02:
        // The transpiler breaks down at it.
        throw unsupported(reader, 'strings in Latin-1 or UTF-16', 'Build it with strings in UTF-8.');
      case 0x03: // memory, realloc, post-return
      case 0x04:
      case 0x05:
        reader.u32();
        return;
      default:
        throw unsupported(reader, `the canonical option 0x${code.toString(16)}`, SYNCHRONOUS);
    }
  });
}
