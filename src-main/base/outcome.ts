/**
 * What a call of a host function came to: its value, its own typed error, or a trap, which ends the guest's
 * instance. The bridge carries it to the guest as it is.
 */
export type Outcome =
  | { readonly tag: 'ok'; readonly value: unknown }
  | { readonly tag: 'err'; readonly value: unknown }
  | { readonly tag: 'trap'; readonly message: string };
