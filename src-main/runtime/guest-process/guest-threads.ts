import { MessageChannel, Worker, type TransferListItem } from 'node:worker_threads';
import { serveGuest } from '../../bridge/host-end.ts';
import { createSharedBuffer } from '../../bridge/protocol.ts';
import type { GuestMessage } from '../../guest/protocol.ts';
import type { SupervisorMessage } from '../../guest/thread-protocol.ts';
import { enableWasmFeatures } from '../../guest/wasm-features.ts';
import { WORKER_HEAP_MB, WORKER_STACK_MB } from '../limits.ts';
import type { PlannedComponent } from '../component/planned-component.ts';
import { RuntimeError } from '../errors.ts';
import type { Gone, GuestHandlers, GuestProcess, GuestProcesses, LoadedComponent } from './guest-process.ts';

/**
 * Guests in worker threads of this process, with nothing of the host's environment. A thread is made before its component is
 * there, which spares the start its time.
 *
 * @param workerFile the built `guest/worker.ts`
 */
export function createGuestThreads(workerFile: string): GuestProcesses {
  return { load: compiled, start: (handlers) => startThread(workerFile, handlers) };
}

/** Compiles the core modules, off this thread; all threads share them. */
async function compiled({ modules, ...component }: PlannedComponent): Promise<LoadedComponent> {
  enableWasmFeatures();
  try {
    const ready = await Promise.all(
      [...modules].map(
        async ([name, { code, ...plan }]) =>
          [name, { ...plan, code: await WebAssembly.compile(code) }] as const,
      ),
    );
    return { ...component, modules: new Map(ready) };
  } catch (cause) {
    throw new RuntimeError(
      'component-unusable',
      'The component contains a core module that the WebAssembly engine rejects.',
      'Rebuild it with a current toolchain, without experimental WebAssembly features.',
      { cause },
    );
  }
}

function startThread(workerFile: string, { onMessage, respond, onGone }: GuestHandlers): GuestProcess {
  const { port1, port2 } = new MessageChannel();
  const shared = createSharedBuffer();
  const worker = new Worker(workerFile, {
    env: {},
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB, stackSizeMb: WORKER_STACK_MB },
  });
  const stopServing = serveGuest(port1, shared, respond);
  let why: Gone = { kind: 'trapped', message: 'The guest’s thread exited unexpectedly.' };
  worker.on('message', onMessage satisfies (message: GuestMessage) => void);
  // Its exit follows.
  worker.on('error', (error) => {
    why = goneBy(error);
  });
  worker.on('exit', () => {
    stopServing();
    onGone(why);
  });
  const post = (message: SupervisorMessage, transfer: readonly TransferListItem[]): void =>
    worker.postMessage(message, transfer);
  return {
    begin: (start) => post({ kind: 'start', start: { ...start, questions: port2, shared } }, [port2]),
    call: (call) => post({ kind: 'call', call }, [call.frame.buffer]),
    async kill() {
      await worker.terminate();
    },
  };
}

function goneBy(error: Error): Gone {
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? {
        kind: 'out-of-memory',
        message: `The guest's thread exceeded ${WORKER_HEAP_MB} MB of JavaScript heap.`,
      }
    : { kind: 'trapped', message: error.message };
}
