import { guestFunctionTypes } from '../../host/generated/function-types.ts';
import { FunctionCodec } from './function-codec.ts';
import { memberName } from './member-name.ts';
import { ValueCodecs } from './value-codec.ts';

/** A function by which the host calls a guest, as jco spells it. */
export type GuestExport = 'astridHookTrigger' | 'run' | 'astridInstall' | 'astridUpgrade';

const none = (): never => {
  throw new Error('No function of a guest takes or gives a resource.');
};
const codecs = new ValueCodecs({ toNumber: none, fromNumber: none });
const byName = new Map(
  Object.entries(guestFunctionTypes).map(([wit, type]) => [memberName(wit), new FunctionCodec(type, codecs)]),
);

/** Its codec, the same for both ends. */
export function guestFunction(name: GuestExport): FunctionCodec {
  const codec = byName.get(name);
  if (codec === undefined) {
    throw new Error(`The contract has no function ${name} of a guest.`);
  }
  return codec;
}
