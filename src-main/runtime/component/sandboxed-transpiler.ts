import type { Transpiler } from './transpiler.ts';

export interface SandboxedTranspilerOptions {
  readonly program: Transpiler;
  readonly thread: Transpiler;
  /** Whether programs can be sandboxed here. */
  readonly sandboxed: Promise<{ readonly ok: boolean }>;
}

/** Transpiles in a sandboxed process where there can be one, elsewhere in a thread of this program. */
export function sandboxedTranspiler({ program, thread, sandboxed }: SandboxedTranspilerOptions): Transpiler {
  return {
    async transpile(component, imports) {
      const { ok } = await sandboxed;
      return (ok ? program : thread).transpile(component, imports);
    },
    async dispose() {
      await Promise.all([program.dispose(), thread.dispose()]);
    },
  };
}
