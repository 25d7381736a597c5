/** Every number of this folder with its reason. Where it says "reference", the public reference runtime has the same. */

/** Bytes (payload and topic, UTF-8) that one subscription keeps for its receiver. Reference and contract. */
export const MAX_QUEUE_BYTES = 1024 * 1024;
/** Messages of one principal that one subscription keeps; small ones cost more memory than they have bytes. Reference. */
export const MAX_QUEUED_PER_PRINCIPAL = 16_384;
/** Messages that one receive takes at most, so that a full queue of small ones does not hold up everybody else. */
export const MAX_MESSAGES_PER_RECEIVE = 256;
