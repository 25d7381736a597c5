/** Numbers of the whole kernel, each with its reason. */

/**
 * Sessions in a row that ended unexpectedly within a minute, after which the next begins in safe mode. One may be a power
 * cut or an impatient person; of two in a row the third will hardly be better.
 */
export const SAFE_MODE_AFTER_EARLY_ENDS = 2;
