import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { readJsonRecord } from './json-record.ts';

const schema = z.object({ name: z.string(), list: z.optional(z.array(z.object({ size: z.int() }))) });
const read = (text: string): ReturnType<typeof readJsonRecord> =>
  readJsonRecord('The test record', text, schema);

describe('a record on disk', () => {
  it('is what was written, without what is not known', () => {
    const record = { name: 'a', list: [{ size: 1 }] };
    expect(read(JSON.stringify(record))).toEqual({ ok: true, value: record });
    expect(read('{"name":"a","later":{"b":1}}')).toEqual({ ok: true, value: { name: 'a' } });
  });

  it.each([
    ['', 'The test record is not valid JSON.'],
    ['{"name":', 'The test record is not valid JSON.'],
    ['null', 'The test record is not a JSON object.'],
    ['[]', 'The test record is not a JSON object.'],
    ['"name"', 'The test record is not a JSON object.'],
    ['{}', 'The test record has no "name".'],
    ['{"__proto__":{"name":"a"}}', 'The test record has no "name".'],
    ['{"name":null}', 'The test record has an invalid "name".'],
    ['{"name":"a","list":{}}', 'The test record has an invalid "list".'],
    ['{"name":"a","list":[{"size":1},{}]}', 'The test record has no "list[1].size".'],
    ['{"name":"a","list":[{"size":1.5}]}', 'The test record has an invalid "list[0].size".'],
  ])('is refused with the reason when it is %s', (text, problem) => {
    expect(read(text)).toEqual({ ok: false, problem, cause: expect.any(Error) });
  });

  it('never throws, whatever is in the file', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(read(text)).toHaveProperty('ok');
      }),
    );
  });
});
