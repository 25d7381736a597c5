import { actions } from '../../../capsules/sdk/actions.ts';

/** `echo` answers the `{ text }` that it was given. */
export const astridHookTrigger = actions({ echo: (payload) => ({ text: payload.needText('text') }) });
