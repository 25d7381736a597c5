import { hostInterfaces } from './generated/interfaces.ts';
import type { HostFunctionTable } from './generated/table.ts';
import type { HostInterface } from './pipeline/errors-of.ts';
import type { InterfaceName } from './pipeline/host-function.ts';
import { createIpcHost, type IpcServices } from './ipc.ts';
import { createOperationTable, type OperationTable } from './pipeline/operation-table.ts';
import { createPollHost } from './io/poll.ts';
import { createProcessHosts } from './process/process.ts';
import type { ProcessServices } from './process/service.ts';
import { createSysHost, type SysServices } from './sys.ts';
import { createUnavailableHost } from './unavailable.ts';

export interface HostServices {
  readonly ipc: IpcServices;
  readonly processes: ProcessServices;
  readonly sys: SysServices;
}

/** Every function of every interface of the contract. What is not built yet says so to the guest. */
export function createHostOperations(services: HostServices): OperationTable {
  const built = [
    ...createProcessHosts(services.processes),
    createSysHost(services.sys),
    createIpcHost(services.ipc),
    createPollHost(),
  ] as readonly HostInterface<InterfaceName>[];
  const names = new Set<string>(built.map(({ name }) => name));
  const rest = (Object.keys(hostInterfaces) as InterfaceName[])
    .filter((name) => !names.has(name))
    .map((name) => createUnavailableHost(name));
  return createOperationTable([...built, ...rest], isFallible);
}

function isFallible(interfaceName: InterfaceName, functionName: string): boolean {
  const functions: readonly HostFunctionTable[] = hostInterfaces[interfaceName].functions;
  return functions.some(({ wit, fallible }) => wit === functionName && fallible);
}
