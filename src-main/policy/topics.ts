/**
 * The one grammar of topics and patterns, and the one way to match them: delivery and permission use the same
 * rule, so what a capsule may ask for is exactly what it can get.
 *
 * A topic has 1 to 8 segments joined by dots, 256 characters at most. A segment has letters, digits, `_` and
 * `-`. The contract names lower-case letters only; capitals are taken too, because names of principals and of
 * tools, which stand in topics, keep theirs.
 *
 * A pattern that a guest subscribes to is a topic, or one whose whole last segment is `*`. Manifest entries
 * may have `*` as any segment.
 */
const MAX_TOPIC_BYTES = 256;
const MAX_SEGMENTS = 8;
const SEGMENT = /^[A-Za-z0-9_-]+$/;

export function isTopic(text: string): boolean {
  return isShaped(text, (segment) => SEGMENT.test(segment));
}

export function isPattern(text: string): boolean {
  return isShaped(text, (segment, last) => SEGMENT.test(segment) || (last && segment === '*'));
}

/**
 * Whether a pattern covers a topic: `*` stands for one segment, at the end of a longer pattern for one or more
 * (`a.*` covers `a.b` and `a.b.c`, not `a`; `*` alone covers topics of one segment). Given a guest's pattern in
 * place of the topic it tells whether everything which that one covers is covered.
 */
export function covers(pattern: string, topic: string): boolean {
  const wanted = pattern.split('.');
  const given = topic.split('.');
  const subtree = wanted.length > 1 && wanted.at(-1) === '*';
  return (
    (subtree ? given.length >= wanted.length : given.length === wanted.length) &&
    wanted.every((segment, index) => segment === '*' || segment === given[index])
  );
}

function isShaped(text: string, isSegment: (segment: string, last: boolean) => boolean): boolean {
  // Every character that a segment may have is one byte.
  if (text.length > MAX_TOPIC_BYTES) {
    return false;
  }
  const segments = text.split('.');
  return (
    segments.length <= MAX_SEGMENTS &&
    segments.every((segment, index) => isSegment(segment, index === segments.length - 1))
  );
}
