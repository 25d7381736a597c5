import { satisfies } from 'semver';

/** Semantic Versioning 2.0.0, whole and strict: no "v" in front, no missing part, no leading zero. */
const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*))*)?(\+[\dA-Za-z-]+(\.[\dA-Za-z-]+)*)?$/;

const PART = '(?:0|[1-9]\\d*)';
/** One comparator of a requirement: an operator or none, one to three parts, a pre-release only after three. */
const COMPARATOR = new RegExp(
  `^(=|>=|<=|>|<|~|\\^)?\\s*(${PART}(?:\\.${PART}){0,2}|${PART}\\.${PART}\\.${PART}[-+][\\dA-Za-z.+-]+)$`,
);
const WILDCARD = new RegExp(`^(?:\\*|${PART}\\.\\*(?:\\.\\*)?|${PART}\\.${PART}\\.\\*)$`);

/** Longer texts are nobody's version; the limit keeps the patterns above cheap. */
const MAX_LENGTH = 256;

export function isVersion(text: string): boolean {
  return text.length <= MAX_LENGTH && VERSION.test(text);
}

/**
 * A version requirement as Rust's tool chain writes it: comparators separated by commas, and a bare
 * version means "compatible with" (`1.2` is `^1.2`, where npm would read `1.2.x`).
 *
 * @returns the same as an npm range, or undefined when it is not a requirement.
 */
export function npmRange(requirement: string): string | undefined {
  if (requirement.length > MAX_LENGTH) {
    return undefined;
  }
  const parts = requirement.split(',').map((part) => part.trim());
  const ranges = parts.map((part) => {
    const match = COMPARATOR.exec(part);
    if (match !== null) {
      return `${match[1] ?? '^'}${match[2]}`;
    }
    // A lone star takes no company: `*, 1.2` is refused there too.
    return WILDCARD.test(part) && (part !== '*' || parts.length === 1) ? part : undefined;
  });
  return ranges.includes(undefined) ? undefined : ranges.join(' ');
}

export function meets(version: string, requirement: string): boolean {
  const range = npmRange(requirement);
  return range !== undefined && satisfies(version, range);
}
