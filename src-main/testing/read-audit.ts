import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEntry } from '../store/audit-chain.ts';

/** The records on disk; a record is there before its call is answered or shortly after, so poll for it. */
export async function readAudit(dataDir: string): Promise<readonly AuditEntry[]> {
  const text = await readFile(join(dataDir, 'audit', 'audit.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEntry);
}
