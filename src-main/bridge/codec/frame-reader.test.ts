import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import { GUEST_FRAME } from './limits.ts';

it('gives bytes that hold at most twice their own memory, of whatever message they come', () => {
  const bytes = fc.uint8Array({ maxLength: 2_000 });
  fc.assert(
    fc.property(bytes, bytes, fc.nat(3_000), (first, second, around) => {
      const writer = new FrameWriter(GUEST_FRAME);
      writer.bytes(first);
      writer.bytes(second);
      const written = writer.finish();
      // A message is often a part of larger memory: of what came with it, or what it was written to.
      const memory = new Uint8Array(around + written.byteLength);
      memory.set(written, around);
      const reader = new FrameReader(memory.subarray(around), GUEST_FRAME);
      const read = [reader.bytes(), reader.bytes()];
      expect(read.map((value) => Uint8Array.from(value))).toEqual([first, second]);
      for (const { buffer, byteLength } of read) {
        expect(buffer.byteLength).toBeLessThanOrEqual(2 * byteLength);
      }
    }),
  );
});
