import type { ComponentReader } from './reader.ts';
import { coreValueType, unsupported } from './core-types.ts';

/** Walks an element segment and answers how many entries it has. */
export function elementSegment(reader: ComponentReader): number {
  const flags = reader.u32();
  if (flags > 0x07) {
    throw reader.malformed(`an element segment has unknown flags ${flags}`);
  }
  const active = (flags & 0x01) === 0;
  const explicit = (flags & 0x02) !== 0;
  const expressions = (flags & 0x04) !== 0;
  if (active && explicit) {
    reader.u32();
  }
  if (active) {
    constantExpression(reader);
  }
  // A kind (functions, the only one) or the type of the expressions; without it both are of functions.
  if (!active || explicit) {
    if (expressions) {
      coreValueType(reader);
    } else {
      reader.byte();
    }
  }
  return reader.vector(() => {
    if (expressions) {
      constantExpression(reader);
    } else {
      reader.u32();
    }
  });
}

/** Walks an expression that a table or an element segment is filled with, or that says where. */
export function constantExpression(reader: ComponentReader): void {
  for (;;) {
    const code = reader.byte();
    reader.spend('items', 1);
    switch (code) {
      case 0x0b: // end
        return;
      case 0x23: // global.get
      case 0x41: // i32.const
      case 0x42: // i64.const
      case 0xd0: // ref.null
      case 0xd2: // ref.func
        reader.skipNumber();
        break;
      case 0x6a: // add, subtract, multiply of i32 and of i64
      case 0x6b:
      case 0x6c:
      case 0x7c:
      case 0x7d:
      case 0x7e:
        break;
      default:
        throw unsupported(reader, `a table initialised with the instruction 0x${code.toString(16)}`);
    }
  }
}
