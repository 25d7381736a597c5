import { join } from 'node:path';
import { TypedError } from '../base/typed-error.ts';
import { verifyAudit, type VerifiedAudit } from '../store/audit-verify.ts';

/**
 * Follows the chain of audit records of a data folder, which may be in use or a copy. Changes nothing.
 *
 * @throws StoreError `audit-broken`; TypedError `audit-missing` where there is no record at all
 */
export async function verifyAuditOf(dataDir: string, tell: (line: string) => void): Promise<VerifiedAudit> {
  const folder = join(dataDir, 'audit');
  const verified = await verifyAudit(folder, (message, error) => tell(`${message}: ${String(error)}`));
  if (verified.records === 0) {
    throw new TypedError(
      'audit-missing',
      `There are no audit records in ${folder}.`,
      'Pass the path of a data folder; the window shows it under About.',
    );
  }
  return verified;
}
