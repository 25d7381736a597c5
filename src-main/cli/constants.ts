/** Exit statuses, as the usage text names them. */
export const STATUS_OK = 0;
/** The guest said deny or abort. */
export const STATUS_REFUSED = 1;
/** Whatever went wrong on our side, a wrong command line among it. */
export const STATUS_ERROR = 2;
/** 128 + the number of the signal, as a shell reports it. */
export const STATUS_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** How much of each process's output `run` repeats at its end: a screen or two. */
export const LOG_TAIL_BYTES = 8 * 1024;
