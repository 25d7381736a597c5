import { describe, expect, it } from 'vitest';
import { failure, HEAD, parseMore, refusalOf } from './testing.ts';

/** Tables without an effect, as they may be written in full, and what is said of them. */
const TABLES: readonly (readonly [table: string, why: string, lines: Readonly<Record<string, string>>])[] = [
  [
    'tool',
    'tools are described by the guest itself',
    { name: '"a"', description_for_llm: '"b"', input_schema_wit: '"c"', mutable: 'true' },
  ],
  ['context_file', 'context files are not supported', { name: '"a"', file: '"a/b.md"' }],
  [
    'command',
    'commands are not supported',
    { name: '"Any name"', kind: '"slash"', description: '"b"', file: '"c.md"' },
  ],
  [
    'mcp_server',
    'MCP servers are not supported',
    { id: '"a"', description: '"b"', type: '"stdio"', command: '"c"', args: '["d"]' },
  ],
  ['uplink', 'uplinks are not supported', { name: '"a"', platform: '"b"', profile: '"chat"' }],
];

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  tool: ['name', 'description_for_llm'],
  context_file: ['name', 'file'],
  command: ['name'],
  mcp_server: ['id'],
  uplink: ['name', 'platform', 'profile'],
};

function tableOf(table: string, lines: Readonly<Record<string, string>>): string {
  const text = Object.entries(lines).map(([key, value]) => `${key} = ${value}\n`);
  return `[[${table}]]\n${text.join('')}`;
}

describe.each(TABLES)('a table [[%s]]', (table, why, lines) => {
  it('has no effect, which is said once', () => {
    expect(parseMore(tableOf(table, lines).repeat(2)).warnings).toEqual([
      `[[${table}]] has no effect: ${why}.`,
    ]);
  });

  it.each(Object.keys(lines))('is checked all the same: %s', (key) => {
    const { [key]: _, ...others } = lines;
    expect(refusalOf(tableOf(table, { ...others, [key]: '1' }))).toMatch(
      `manifest-wrong-type: "${table}[0].${key}" must be `,
    );
    if (REQUIRED[table]?.includes(key)) {
      expect(refusalOf(tableOf(table, others))).toBe(
        `manifest-missing-key: "${table}[0].${key}" is missing.`,
      );
    } else {
      expect(parseMore(tableOf(table, others)).warnings).toHaveLength(1);
    }
  });

  it('is warned of what it does not know', () => {
    expect(parseMore(`${tableOf(table, lines)}zebra = 1`).warnings).toContain(
      `"${table}[0].zebra" is unknown and has no effect.`,
    );
  });
});

describe('the file of a table', () => {
  it.each(['context_file', 'command'])('is inside the capsule: [[%s]]', (table) => {
    expect(refusalOf(tableOf(table, { name: '"a"', file: '"../b"' }))).toBe(
      `manifest-bad-path: "${table}[0].file" is not a path inside the capsule.`,
    );
  });
});

describe('a command', () => {
  const command = (name: string, kind: string): string =>
    tableOf('command', { name: JSON.stringify(name), kind: JSON.stringify(kind) });

  it.each(['go', 'g', 'a-1', 'installer', 'x'.repeat(32)])('of the shell may be %j', (name) => {
    expect(parseMore(command(name, 'cli')).warnings).toHaveLength(1);
  });

  it.each(['', 'Go', '1a', '-a', 'a_b', 'a b', 'aé', 'x'.repeat(33), 'go\n'])(
    'of the shell may not be %j',
    (name) => {
      expect(refusalOf(command(name, 'cli'))).toMatch(
        /^manifest-bad-command: "[^"]*" is not a valid name for a cli command\.$/,
      );
    },
  );

  it.each('new install update list remove tree deps build check config show run help'.split(' '))(
    'of the shell may not be one of its own: %s',
    (name) => {
      expect(failure(HEAD + command(name, 'cli'))).toMatchObject({
        code: 'manifest-bad-command',
        hint: expect.stringMatching(new RegExp(`(?:: |, )${name}[,.]`)),
      });
      expect(parseMore(command(name, 'slash')).warnings).toHaveLength(1);
      expect(parseMore(tableOf('command', { name: `"${name}"` })).warnings).toHaveLength(1);
    },
  );

  it('is of no other kind', () => {
    expect(failure(HEAD + command('go', 'web'))).toMatchObject({
      code: 'manifest-wrong-type',
      message: '"command[0].kind" is "web".',
      hint: 'It must be one of: slash, cli.',
    });
  });
});

describe('an uplink', () => {
  const uplink = (profile: string): string =>
    tableOf('uplink', { name: '"a"', platform: '"b"', profile: JSON.stringify(profile) });

  it.each(['chat', 'interactive', 'notify', 'bridge'])('may be for %s', (profile) => {
    expect(parseMore(uplink(profile)).warnings).toHaveLength(1);
  });

  it.each(['', 'Chat', 'email'])('may not be for %j', (profile) => {
    expect(refusalOf(uplink(profile))).toBe(`manifest-wrong-type: "uplink[0].profile" is "${profile}".`);
  });
});
