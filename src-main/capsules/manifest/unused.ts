import { capsuleError } from '../errors.ts';
import { innerPath } from './path.ts';
import type { ManifestTable } from './table.ts';
import { quoted } from '../words/escape-control-chars.ts';

const CLI_NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** The reference's own verbs: a capsule may not take one of them. */
const RESERVED_CLI_NAMES = 'new install update list remove tree deps build check config show run help'.split(
  ' ',
);
const UPLINK_PROFILES = ['chat', 'interactive', 'notify', 'bridge'];

/**
 * Tables that this version checks but does nothing with: one warning for each that is present, so that
 * nobody waits for an effect.
 *
 * @throws TypedError as the reference refuses them: `manifest-bad-command`, wrong types, missing keys.
 */
export function checkUnusedTables(root: ManifestTable): void {
  each(root, 'tool', 'tools are described by the guest itself', (table) => {
    table.requiredString('name');
    table.requiredString('description_for_llm');
    table.string('input_schema_wit');
    table.flag('mutable');
  });
  each(root, 'context_file', 'context files are not supported', (table) => {
    table.requiredString('name');
    innerPath(table, 'file', table.requiredString('file'));
  });
  each(root, 'command', 'commands are not supported', checkCommand);
  each(root, 'mcp_server', 'MCP servers are not supported', (table) => {
    table.requiredString('id');
    table.string('description');
    table.string('type');
    table.string('command');
    table.strings('args');
  });
  each(root, 'uplink', 'uplinks are not supported', (table) => {
    table.requiredString('name');
    table.requiredString('platform');
    requireOneOf(table, 'profile', table.requiredString('profile'), UPLINK_PROFILES);
  });
}

function each(root: ManifestTable, key: string, why: string, check: (table: ManifestTable) => void): void {
  const tables = root.tables(key);
  for (const table of tables) {
    check(table);
    table.finish();
  }
  if (tables.length > 0) {
    root.warn(() => `[[${key}]] has no effect: ${why}.`);
  }
}

function checkCommand(table: ManifestTable): void {
  const name = table.requiredString('name');
  const kind = table.string('kind') ?? 'slash';
  table.string('description');
  const file = table.string('file');
  if (file !== undefined) {
    innerPath(table, 'file', file);
  }
  requireOneOf(table, 'kind', kind, ['slash', 'cli']);
  if (kind === 'cli' && (!CLI_NAME.test(name) || RESERVED_CLI_NAMES.includes(name))) {
    throw capsuleError(
      'manifest-bad-command',
      `${quoted(name)} is not a valid name for a cli command.`,
      `Use a lower-case letter and up to 31 more letters, digits or "-"; not one of: ${RESERVED_CLI_NAMES.join(', ')}.`,
    );
  }
}

function requireOneOf(table: ManifestTable, key: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) {
    throw capsuleError(
      'manifest-wrong-type',
      `${table.at(key)} is ${quoted(value)}.`,
      `It must be one of: ${allowed.join(', ')}.`,
    );
  }
}
