import { seededRandom, type Random } from '../../testing/seeded-random.ts';

/**
 * A component with a few bytes or sections changed: the same ones for the same seed. In half of them no byte is more or less,
 * so that sizes still fit and what was changed may be code or data.
 */
export function mutated(original: Uint8Array, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const kinds = random(2) === 0 ? KEEP_LENGTH : CHANGES.length;
  let bytes = Uint8Array.from(original);
  for (let changes = 1 + random(3); changes > 0; changes -= 1) {
    bytes = CHANGES[random(kinds)]?.(bytes, random) ?? bytes;
  }
  return bytes;
}

type Change = (bytes: Uint8Array<ArrayBuffer>, random: Random) => Uint8Array<ArrayBuffer>;

/** Magic number and version: without them nothing is looked at. */
const PREAMBLE_BYTES = 8;
const EDGES = [0x00, 0x01, 0x40, 0x6f, 0x70, 0x7f, 0x80, 0xff];

/** So many of the changes, from the first on. */
const KEEP_LENGTH = 2;

const CHANGES: readonly Change[] = [
  // One bit.
  (bytes, random) => {
    const at = place(bytes, random);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    return bytes;
  },
  // A byte that means something in many places.
  (bytes, random) => {
    bytes[place(bytes, random)] = EDGES[random(EDGES.length)] ?? 0;
    return bytes;
  },
  // A few bytes less, more, or again.
  (bytes, random) => spliced(bytes, place(bytes, random), 1 + random(8), new Uint8Array()),
  (bytes, random) =>
    spliced(
      bytes,
      place(bytes, random),
      0,
      Uint8Array.from({ length: 1 + random(5) }, () => random(256)),
    ),
  (bytes, random) => {
    const at = place(bytes, random);
    return spliced(bytes, place(bytes, random), 0, bytes.slice(at, at + 1 + random(64)));
  },
  // A number of the greatest size, in a place of one byte.
  (bytes, random) => spliced(bytes, place(bytes, random), 1, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)),
  (bytes, random) => bytes.slice(0, place(bytes, random)),
  // Whole sections: left out, twice, or in another place.
  ...([[], [0, 0], [1, 0]] as const).map((order): Change => (bytes, random) => {
    const sections = sectionsOf(bytes);
    const at = random(sections.length);
    const [one, next] = [sections[at] ?? bytes, sections[at + 1] ?? new Uint8Array()];
    const put = order.length === 0 ? [next] : order[0] === 0 ? [one, one, next] : [next, one];
    return joined([bytes.subarray(0, PREAMBLE_BYTES), ...sections.toSpliced(at, 2, ...put)]);
  }),
];

function place(bytes: Uint8Array, random: Random): number {
  return PREAMBLE_BYTES + random(Math.max(1, bytes.length - PREAMBLE_BYTES));
}

function spliced(bytes: Uint8Array, at: number, less: number, more: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined([bytes.subarray(0, at), more, bytes.subarray(at + less)]);
}

/** The outermost sections, each with its head, as far as they can be told. */
function sectionsOf(bytes: Uint8Array): readonly Uint8Array[] {
  const sections: Uint8Array[] = [];
  for (let at = PREAMBLE_BYTES; at < bytes.length;) {
    let [size, shift, behind] = [0, 0, at + 1];
    for (let more = true; more && shift < 35; shift += 7, behind += 1) {
      const byte = bytes[behind] ?? 0;
      size += (byte & 0x7f) * 2 ** shift;
      more = byte >= 0x80;
    }
    sections.push(bytes.subarray(at, behind + size));
    at = behind + size;
  }
  return sections;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}
