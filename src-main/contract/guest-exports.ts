/** The functions by which the host calls a guest; what else a component exports is never called. */
export const guestExports = ['astrid-hook-trigger', 'run', 'astrid-install', 'astrid-upgrade'] as const;
