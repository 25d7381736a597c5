import type { Primitive } from '../../base/value-type.ts';
import { FrameError } from './frame-error.ts';
import type { FrameReader } from './frame-reader.ts';
import type { FrameWriter } from './frame-writer.ts';

/** Writes and reads the values of one type, in the form in which jco gives and takes them. */
export interface ValueCodec {
  /** Of the shortest value. */
  readonly leastBytes: number;
  readonly write: (to: FrameWriter, value: unknown) => void;
  readonly read: (from: FrameReader) => unknown;
}

const integer = (
  leastBytes: number,
  [least, most]: readonly [number, number],
  write: (to: FrameWriter, value: number) => void,
  read: (from: FrameReader) => number,
): ValueCodec => ({
  leastBytes,
  write(to, value) {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw wrong('an integer in its range', value);
    }
    write(to, value);
  },
  read,
});

const bigInteger = (asUnsigned: boolean): ValueCodec => ({
  leastBytes: 8,
  write(to, value) {
    const fits = (wide: bigint): boolean =>
      (asUnsigned ? BigInt.asUintN(64, wide) : BigInt.asIntN(64, wide)) === wide;
    if (typeof value !== 'bigint' || !fits(value)) {
      throw wrong('an integer of 64 bits', value);
    }
    to.u64(BigInt.asUintN(64, value));
  },
  read: (from) => (asUnsigned ? from.u64() : BigInt.asIntN(64, from.u64())),
});

const without = (kind: Primitive): ValueCodec => {
  const none = (): never => {
    throw new Error(`A ${kind} has no codec: no function of the contract has one.`);
  };
  return { leastBytes: 0, write: none, read: none };
};

export const primitives: Readonly<Record<Primitive, ValueCodec>> = {
  bool: {
    leastBytes: 1,
    write(to, value) {
      if (typeof value !== 'boolean') {
        throw wrong('a boolean', value);
      }
      to.u8(value ? 1 : 0);
    },
    read: readBoolean,
  },
  u8: integer(
    1,
    [0, 0xff],
    (to, value) => to.u8(value),
    (from) => from.u8(),
  ),
  u16: integer(
    2,
    [0, 0xffff],
    (to, value) => to.u16(value),
    (from) => from.u16(),
  ),
  u32: integer(
    4,
    [0, 0xffff_ffff],
    (to, value) => to.u32(value),
    (from) => from.u32(),
  ),
  s32: integer(
    4,
    [-0x8000_0000, 0x7fff_ffff],
    (to, value) => to.u32(value >>> 0),
    (from) => from.u32() | 0,
  ),
  u64: bigInteger(true),
  s64: bigInteger(false),
  string: {
    leastBytes: 4,
    write(to, value) {
      if (typeof value !== 'string') {
        throw wrong('a string', value);
      }
      to.string(value);
    },
    read: (from) => from.string(),
  },
  s8: without('s8'),
  s16: without('s16'),
  f32: without('f32'),
  f64: without('f64'),
  char: without('char'),
};

export function readBoolean(from: FrameReader): boolean {
  const value = from.u8();
  if (value > 1) {
    throw new FrameError('a boolean is neither true nor false');
  }
  return value === 1;
}

/** @param expected in words; of the value only its kind is told */
export function wrong(expected: string, value: unknown): FrameError {
  return new FrameError(`expected ${expected}, not a value of type ${typeof value}`);
}
