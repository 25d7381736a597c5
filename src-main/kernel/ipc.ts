import type { MessageBus } from '../bus/bus.ts';
import type { IpcServices } from '../host/ipc.ts';
import type { ProcessRegistry } from '../processes/registry/registry.ts';

/** The kernel's part of `astrid:ipc`. */
export interface KernelIpc {
  readonly services: IpcServices;
  readonly dispose: () => void;
}

/** @param bus also spoken on by what tells of processes */
export function openIpc(bus: MessageBus, registry: ProcessRegistry): KernelIpc {
  return { services: { bus, keyOf: (id) => registry.keyOf(id) }, dispose: () => bus.dispose() };
}
