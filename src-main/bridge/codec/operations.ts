import type { FunctionType } from '../../base/value-type.ts';
import { hostFunctionTypes } from '../../host/generated/function-types.ts';
import { FrameError } from './frame-error.ts';
import { FunctionCodec } from './function-codec.ts';
import type { FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import { GUEST_FRAME } from './limits.ts';
import { ValueCodecs, type HandleForm } from './value-codec.ts';

/** A host function by interface and canonical name, e.g. `astrid:sys/host@1.0.0#get-caller`. */
export type OperationName = string;

/** Gives a handle back; its one argument is the handle's number. */
export const RESOURCE_DROP: OperationName = 'resource-drop';

/** Both ends are of one build, so the place in this list is the number on the wire. */
const operations: readonly (readonly [OperationName, FunctionType])[] = [
  [RESOURCE_DROP, { params: [{ name: 'handle', type: 'u32' }], result: null }],
  ...Object.entries(hostFunctionTypes).flatMap(([id, functions]) =>
    Object.entries(functions).map(([wit, type]) => [`${id}#${wit}`, type] as const),
  ),
];

export interface Operation {
  readonly name: OperationName;
  readonly number: number;
  readonly codec: FunctionCodec;
}

/** What one end of the bridge can ask or be asked, with its codecs. */
export class Operations {
  readonly #codecs: ValueCodecs;
  readonly #made = new Map<number, Operation>();

  constructor(handles: HandleForm) {
    this.#codecs = new ValueCodecs(handles);
  }

  named(name: OperationName): Operation {
    const operation = this.#at(operations.findIndex(([each]) => each === name));
    if (operation === undefined) {
      throw new Error(`The contract has no function ${name}.`);
    }
    return operation;
  }

  /** Takes the operation of a request from its beginning. Throws `FrameError` for a number that is none. */
  take(from: FrameReader): Operation {
    const operation = this.#at(from.u16());
    if (operation === undefined) {
      throw new FrameError('the message names no function of the contract');
    }
    return operation;
  }

  #at(number: number): Operation | undefined {
    const known = this.#made.get(number);
    const row = operations[number];
    if (known !== undefined || row === undefined) {
      return known;
    }
    const [name, type] = row;
    const made = { name, number, codec: new FunctionCodec(type, this.#codecs) };
    this.#made.set(number, made);
    return made;
  }
}

/** Throws `FrameError` for arguments that are not of the function's type, or too large. */
export function requestFrame(
  { number, codec }: Operation,
  args: readonly unknown[],
): Uint8Array<ArrayBuffer> {
  const to = new FrameWriter(GUEST_FRAME);
  to.u16(number);
  codec.writeParams(to, args);
  return to.finish();
}
