/**
 * Why a host call failed. `tag` is a case of the interface's `error-code`, for example
 * `capability-denied`; `val` is what the case carries, for `unknown` a text for people.
 */
export interface HostFailure {
  readonly tag: string;
  readonly val?: unknown;
}

/**
 * The host's reason inside something caught, or undefined when it came from somewhere else. A QuickJS guest
 * catches an `Error` whose message says nothing and whose `payload` is the reason; other engines throw the
 * reason itself.
 */
export function hostFailure(caught: unknown): HostFailure | undefined {
  if (typeof caught !== 'object' || caught === null) return undefined;
  const reason: unknown = 'payload' in caught ? caught.payload : caught;
  if (typeof reason !== 'object' || reason === null || !('tag' in reason)) return undefined;
  const { tag } = reason;
  if (typeof tag !== 'string') return undefined;
  return 'val' in reason && reason.val !== undefined ? { tag, val: reason.val } : { tag };
}

/** Whether `caught` is a host failure of this kind: `failedWith(error, 'no-such-process')`. */
export function failedWith(caught: unknown, tag: string): boolean {
  return hostFailure(caught)?.tag === tag;
}

/** A text for people about whatever was caught. */
export function describe(caught: unknown): string {
  const failure = hostFailure(caught);
  if (failure === undefined) return caught instanceof Error ? caught.message : String(caught);
  return failure.val === undefined ? failure.tag : `${failure.tag}: ${JSON.stringify(failure.val)}`;
}
