import { TypedError } from '../base/typed-error.ts';

/**
 * Why something that outlives a run cannot be used.
 * - `not-a-file`: a folder, link, pipe or device lies where a file of the data folder belongs.
 * - `data-folder-in-use`: another kernel has it open.
 * - `audit-broken`: the chain of audit records has a gap or a changed line.
 */
export type StoreErrorCode = 'not-a-file' | 'data-folder-in-use' | 'audit-broken';

export class StoreError extends TypedError<StoreErrorCode> {}
