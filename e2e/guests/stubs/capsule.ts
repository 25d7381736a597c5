import { httpRequest } from 'astrid:http/host@1.0.0';
import { status } from 'astrid:process/host@1.0.0';
import { actions } from '../../../capsules/sdk/actions.ts';
import { callAll, REQUEST } from './calls.ts';

/** `call` makes one call of each host package, older versions, and answers what each gave. */
export const astridHookTrigger = actions({
  call: () =>
    callAll({
      'http@1.0.0': () => httpRequest(REQUEST),
      'process@1.0.0': () => status('nothing'),
    }),
});
