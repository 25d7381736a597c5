import { readFileSync, writeSync } from 'node:fs';
import { answerTranspileRequest } from './answer-transpile-request.ts';

const INPUT = 0;
const OUTPUT = 1;

/** The entry of a transpiler's process: one component from its input, what becomes of it to its output. */
const message = await answerTranspileRequest(readFileSync(INPUT));
for (let at = 0; at < message.byteLength;) {
  at += writeSync(OUTPUT, message, at);
}
