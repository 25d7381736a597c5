import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../base/outcome.ts';
import type { FunctionType, ValueType } from '../../base/value-type.ts';
import { hostFunctionTypes } from '../../host/generated/function-types.ts';
import { FrameError } from './frame-error.ts';
import { FrameReader } from './frame-reader.ts';
import { trapFrame } from './function-codec.ts';
import { GUEST_FRAME, HOST_FRAME, MAX_FRAME_BYTES } from './limits.ts';
import { Operations, requestFrame } from './operations.ts';

/** Longer: `FUZZ_SECONDS=600 npm run test:unit -- src-main/bridge/codec`. */
const FUZZ_SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 0);
const SEED = 20_261_127;

/** What the guest has for a resource. */
class Resource {
  readonly handle: number;
  readonly kind: string;

  constructor(handle: number, kind: string) {
    this.handle = handle;
    this.kind = kind;
  }
}

const guest = new Operations({
  toNumber: (value) => (value as Resource).handle,
  fromNumber: (handle, kind) => new Resource(handle, kind),
});
const host = new Operations({ toNumber: (value) => value as number, fromNumber: (handle) => handle });

const functions = Object.entries(hostFunctionTypes).flatMap(([id, types]) =>
  Object.entries(types).map(([wit, type]) => ({ name: `${id}#${wit}`, type })),
);

/** Any value of a type, as the guest has it and as the host has it. */
interface Both {
  readonly guest: unknown;
  readonly host: unknown;
}

function anyOf(type: ValueType): fc.Arbitrary<Both> {
  const same = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Both> =>
    value.map((each) => ({ guest: each, host: each }));
  if (typeof type !== 'string') {
    return anyCompound(type);
  }
  switch (type) {
    case 'bool':
      return same(fc.boolean());
    case 'u8':
      return same(fc.nat(0xff));
    case 'u16':
      return same(fc.nat(0xffff));
    case 'u32':
      return same(fc.nat(0xffff_ffff));
    case 's32':
      return same(fc.integer());
    case 'u64':
      return same(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    case 's64':
      return same(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    case 'string':
      return same(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constant('\uFEFF marked'),
          fc.constant('x'.repeat(20_000)),
        ),
      );
    case 's8':
    case 's16':
    case 'f32':
    case 'f64':
    case 'char':
      throw new Error(`no function has a ${type}`);
  }
}

function anyCompound(type: Exclude<ValueType, string>): fc.Arbitrary<Both> {
  switch (type.kind) {
    case 'list':
      return type.of === 'u8'
        ? fc.uint8Array().map((bytes) => ({ guest: bytes, host: bytes }))
        : fc.array(anyOf(type.of), { maxLength: 4 }).map(halves);
    case 'option':
      return fc.option(anyOf(type.of), { nil: { guest: undefined, host: undefined } });
    case 'record':
      return fc.tuple(...type.fields.map(({ type: field }) => anyOf(field))).map((values) =>
        asObject(
          type.fields.map(({ name }) => camel(name)),
          values,
        ),
      );
    case 'variant':
      return fc.oneof(...type.cases.map(({ name, type: payload }) => anyCase(name, payload)));
    case 'result':
      return fc.oneof(anyCase('ok', type.ok), anyCase('err', type.err));
    case 'enum':
      return fc.constantFrom(...type.names).map((name) => ({ guest: name, host: name }));
    case 'own':
    case 'borrow':
      return fc
        .nat(0xffff_ffff)
        .map((handle) => ({ guest: new Resource(handle, type.resource), host: handle }));
    case 'tuple':
    case 'flags':
      throw new Error(`no function has a ${type.kind}`);
  }
}

function anyCase(tag: string, payload: ValueType | null): fc.Arbitrary<Both> {
  return payload === null
    ? fc.constant({ guest: { tag }, host: { tag } })
    : anyOf(payload).map((val) => ({ guest: { tag, val: val.guest }, host: { tag, val: val.host } }));
}

function halves(values: readonly Both[]): Both {
  return { guest: values.map((each) => each.guest), host: values.map((each) => each.host) };
}

function asObject(names: readonly string[], values: readonly Both[]): Both {
  const of = (end: keyof Both): object =>
    Object.fromEntries(names.map((name, index) => [name, values[index]?.[end]]));
  return { guest: of('guest'), host: of('host') };
}

function camel(wit: string): string {
  return wit.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function anyArguments({ params }: FunctionType): fc.Arbitrary<Both> {
  return fc.tuple(...params.map(({ type }) => anyOf(type))).map(halves);
}

function anyOutcome({ result }: FunctionType): fc.Arbitrary<Both> {
  const tagged = (tag: 'ok' | 'err', type: ValueType | null): fc.Arbitrary<Both> =>
    (type === null ? fc.constant({ guest: undefined, host: undefined }) : anyOf(type)).map((value) => ({
      guest: { tag, value: value.guest },
      host: { tag, value: value.host },
    }));
  return result !== null && typeof result === 'object' && result.kind === 'result'
    ? fc.oneof(tagged('ok', result.ok), tagged('err', result.err))
    : tagged('ok', result);
}

function decoded(frame: Uint8Array): { readonly name: string; readonly args: readonly unknown[] } {
  const from = new FrameReader(frame, GUEST_FRAME);
  const { name, codec } = host.take(from);
  return { name, args: codec.readParams(from) };
}

describe.each(functions)('$name', ({ name, type }) => {
  it('reaches the host with its arguments, whatever they are', () => {
    fc.assert(
      fc.property(anyArguments(type), (args) => {
        const frame = requestFrame(guest.named(name), args.guest as readonly unknown[]);
        expect(decoded(frame)).toEqual({ name, args: args.host });
      }),
      { numRuns: 20, seed: SEED },
    );
  });

  it('comes back with its value, its error or a trap', () => {
    const { codec } = guest.named(name);
    fc.assert(
      fc.property(anyOutcome(type), (outcome) => {
        expect(
          codec.readOutcome(
            host.named(name).codec.writeOutcome(outcome.host as Outcome, HOST_FRAME),
            HOST_FRAME,
          ),
        ).toEqual(outcome.guest);
      }),
      { numRuns: 20, seed: SEED },
    );
    expect(codec.readOutcome(trapFrame('over'), HOST_FRAME)).toEqual({ tag: 'trap', message: 'over' });
  });
});

describe('bytes that anybody made', () => {
  const anyRequest = fc
    .constantFrom(...functions)
    .chain(({ name, type }) =>
      anyArguments(type).map((args) =>
        requestFrame(guest.named(name), args.guest as readonly unknown[]).slice(),
      ),
    );
  /** A flip, a cut, more behind it, or a number in the middle that is far too large. */
  type Frame = Uint8Array<ArrayBuffer>;
  const anyDamage: fc.Arbitrary<(frame: Frame) => Frame> = fc.oneof(
    fc.tuple(fc.nat(), fc.nat(255)).map(([at, value]) => (frame: Frame) => {
      frame[at % frame.length] = value;
      return frame;
    }),
    fc.nat().map((at) => (frame: Frame) => frame.slice(0, at % frame.length)),
    fc
      .uint8Array({ minLength: 1, maxLength: 8 })
      .map((more) => (frame: Frame) => Uint8Array.from([...frame, ...more])),
    fc
      .tuple(fc.nat(), fc.constantFrom(0xffff_ffff, 0x7fff_ffff, GUEST_FRAME.elements, 65_536))
      .map(([at, value]) => (frame: Frame) => {
        if (frame.length >= 4) {
          new DataView(frame.buffer).setUint32(at % (frame.length - 3), value, true);
        }
        return frame;
      }),
  );

  /** What decodes is of its type: it can be written again, and is the same then. Null for what is refused. */
  const writtenAgain = (frame: Uint8Array): Uint8Array | null => {
    try {
      const { name, args } = decoded(frame);
      return requestFrame(host.named(name), args);
    } catch (error) {
      if (error instanceof FrameError) {
        return null;
      }
      throw error;
    }
  };

  it.each([
    [
      'a request that was damaged',
      fc
        .tuple(anyRequest, fc.array(anyDamage, { minLength: 1, maxLength: 4 }))
        .map(([frame, damages]) => damages.reduce((each, damage) => damage(each), frame)),
    ],
    ['nothing but bytes', fc.uint8Array({ maxLength: 200 })],
  ])(
    'are a request or refused: %s',
    (_what, anyFrame) => {
      const end = Date.now() + FUZZ_SECONDS * 1_000;
      let seed = SEED;
      do {
        fc.assert(
          fc.property(anyFrame, (frame) => {
            const again = writtenAgain(frame);
            expect(again === null || Buffer.compare(again, frame) === 0).toBe(true);
          }),
          { numRuns: 5_000, seed: seed++ },
        );
      } while (Date.now() < end);
    },
    (FUZZ_SECONDS + 60) * 1_000,
  );

  const frameOf = (name: string, ...bytes: readonly number[]): Uint8Array => {
    const { number } = host.named(name);
    return Uint8Array.from([number & 0xff, number >> 8, ...bytes]);
  };
  const u32 = (value: number): readonly number[] => [...new Uint8Array(Uint32Array.of(value).buffer)];
  const STATUS = 'astrid:process/host@1.0.0#status';
  const MANY = 'astrid:process/host@1.0.0#status-many';
  const LOG = 'astrid:sys/host@1.0.0#log';
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'ends in the middle'],
    ['an operation that is not there', Uint8Array.of(0xff, 0xff), 'names no function'],
    ['a string that is not there', frameOf(STATUS, ...u32(10)), 'ends in the middle'],
    ['a string of four gigabytes', frameOf(STATUS, ...u32(0xffff_ffff), 65), 'ends in the middle'],
    ['a string that is not UTF-8', frameOf(STATUS, ...u32(2), 0xc3, 0x28), 'is not UTF-8'],
    ['half a surrogate pair', frameOf(STATUS, ...u32(3), 0xed, 0xa0, 0x80), 'is not UTF-8'],
    ['a list of four billion', frameOf(MANY, ...u32(0xffff_ffff)), 'list elements'],
    [
      'a list of as many as there may be that has none',
      frameOf(MANY, ...u32(GUEST_FRAME.elements)),
      'longer than its message',
    ],
    [
      'more text than a guest may send',
      Buffer.concat([
        frameOf(STATUS, ...u32(GUEST_FRAME.textBytes + 1)),
        Buffer.alloc(GUEST_FRAME.textBytes + 1),
      ]),
      'of text',
    ],
    [
      'more elements than a guest may send',
      Buffer.concat([
        frameOf(MANY, ...u32(GUEST_FRAME.elements + 1)),
        Buffer.alloc(4 * GUEST_FRAME.elements + 4),
      ]),
      'list elements',
    ],
    ['an enum with another name', frameOf(LOG, 5, ...u32(0)), 'no such name'],
    ['one byte more', frameOf(STATUS, ...u32(0), 0), 'behind its end'],
    [
      'an option that is neither',
      frameOf('astrid:process/host@1.0.0#list-processes', 2),
      'neither true nor false',
    ],
  ])('are refused with the reason: %s', (_what, frame, words) => {
    expect(() => decoded(frame)).toThrow(FrameError);
    expect(() => decoded(frame)).toThrow(words);
  });

  it('are not even looked at over the size of a message', () => {
    expect(() => decoded(new Uint8Array(MAX_FRAME_BYTES + 1))).toThrow('larger than');
  });
});

describe('a value that is not of its type is not sent', () => {
  const RANDOM = 'astrid:sys/host@1.0.0#random-bytes';
  const LOG = 'astrid:sys/host@1.0.0#log';
  const STDIN = 'astrid:process/host@1.0.0#write-stdin';
  it.each<[string, string, readonly unknown[], string]>([
    ['a number for a long one', RANDOM, [1], 'an integer of 64 bits'],
    ['one that is too large', RANDOM, [2n ** 64n], 'an integer of 64 bits'],
    ['a name that an enum has not', LOG, ['fatal', ''], 'one of its 5 names'],
    ['a number for a string', LOG, ['info', 7], 'a string'],
    ['nothing', LOG, [], 'one of its 5 names'],
    ['an array for bytes', STDIN, ['id', [1, 2]], 'bytes'],
    ['more bytes than a message', STDIN, ['id', new Uint8Array(MAX_FRAME_BYTES)], 'larger than'],
    ['a text that is larger', STDIN, ['x'.repeat(GUEST_FRAME.textBytes + 1), new Uint8Array()], 'of text'],
    [
      'texts that are larger together',
      'astrid:process/host@1.0.0#status-many',
      [Array.from({ length: 17 }, () => 'ü'.repeat(GUEST_FRAME.textBytes / 32))],
      'of text',
    ],
    [
      'more elements than a message',
      'astrid:process/host@1.0.0#status-many',
      [Array.from({ length: GUEST_FRAME.elements + 1 }, () => '')],
      'list elements',
    ],
  ])('%s', (_what, name, args, words) => {
    expect(() => requestFrame(guest.named(name), args)).toThrow(FrameError);
    expect(() => requestFrame(guest.named(name), args)).toThrow(words);
  });

  it('nor an error of a function that has none', () => {
    const { codec } = host.named(LOG);
    expect(() => codec.writeOutcome({ tag: 'err', value: 'x' }, HOST_FRAME)).toThrow('no error of its own');
    expect(() => codec.readOutcome(Uint8Array.of(1), HOST_FRAME)).toThrow(FrameError);
  });
});
