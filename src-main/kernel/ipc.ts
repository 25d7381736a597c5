import type { MessageBus } from '../bus/bus.ts';
import type { IpcServices } from '../host/ipc.ts';

/** The kernel's part of `astrid:ipc`. */
export interface KernelIpc {
  readonly services: IpcServices;
  readonly dispose: () => void;
}

/** @param bus also spoken on by what tells of processes */
export function openIpc(bus: MessageBus): KernelIpc {
  return { services: { bus }, dispose: () => bus.dispose() };
}
