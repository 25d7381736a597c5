/** Why a spec can have another answer on an installed package than on the application built in the tree. */
export const differences = {
  '@files': 'an installed program has its page, workers and capsules in its archive',
  '@user':
    "an ordinary user runs it: Chromium's sandbox is on, and bubblewrap, pipes and signals are that user's",
  '@start': 'its fuses and its place change what it reads of command line, environment and folder',
} as const;

/** Has a spec run on an installed package as well; what has no such tag runs in the tree alone. */
export function differsBy(tag: keyof typeof differences): { readonly tag: string } {
  return { tag };
}

/** A hostile attempt that `npm run test:hostile` makes and `npm test` does not. */
export const LONG = '@long';
