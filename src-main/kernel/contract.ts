import { requireRunnable, type Contract } from '../capsules/component/check.ts';
import { readComponentHeader } from '../capsules/component/header.ts';
import { guestFunctionTypes, hostFunctionTypes } from '../host/generated/function-types.ts';
import { hostInterfaces } from '../host/generated/interfaces.ts';

/** What components are held to. */
export const contract: Contract = {
  interfaces: hostInterfaces,
  hostFunctions: hostFunctionTypes,
  guestFunctions: guestFunctionTypes,
};

/** Throws what `readComponentHeader` and `requireRunnable` throw for a component that must not be compiled here. */
export function requireCompilable(component: Uint8Array): void {
  requireRunnable(readComponentHeader(component), contract);
}
