import { describe, expect, it } from 'vitest';
import { parseCommand } from './arguments.ts';

const run = ['run', 'x.capsule', '--grant', 'all', '--invoke', 'start'];

describe('the command line', () => {
  it.each([
    [[], { name: 'help' }],
    [['--help'], { name: 'help' }],
    [['run', '--help'], { name: 'help' }],
    [['build', 'capsules/a'], { name: 'build', path: 'capsules/a' }],
    [['pack', 'a'], { name: 'pack', path: 'a', out: null }],
    [['pack', '--out', 'b.capsule', 'a'], { name: 'pack', path: 'a', out: 'b.capsule' }],
    [['inspect', 'a'], { name: 'inspect', path: 'a' }],
    [['verify-audit', 'a'], { name: 'verify-audit', path: 'a' }],
  ])('reads %j', (words, command) => {
    expect(parseCommand(words)).toEqual(command);
  });

  it('reads a run with what it needs, and fills in the rest', () => {
    expect(parseCommand(run)).toEqual({
      name: 'run',
      path: 'x.capsule',
      action: 'start',
      grants: 'all',
      payload: '',
      principal: 'default',
      timeoutMs: null,
      logs: null,
    });
  });

  it('reads a run with everything', () => {
    const words = ['run', 'f', '--grant', 'host_process,kv', '--invoke=a', '--payload={"x":1}'];
    expect(parseCommand([...words, '--principal', 'ann', '--timeout', '1.5'])).toEqual({
      name: 'run',
      path: 'f',
      action: 'a',
      grants: ['host_process', 'kv'],
      payload: '{"x":1}',
      principal: 'ann',
      timeoutMs: 1500,
      logs: null,
    });
  });

  it('reads which lines of output are wanted', () => {
    const command = parseCommand([...run, '--logs', 'level:warn+ -noise']);
    const told = ['WARN hot', 'WARN noise', 'INFO fine'].filter(
      (text) =>
        command.name === 'run' &&
        command.logs?.({ text, stream: 'stdout', source: 'worker', at: null }) === true,
    );
    expect(told).toEqual(['WARN hot']);
    expect(parseCommand([...run, '--logs=-noise'])).toMatchObject({ logs: expect.any(Function) });
    expect(() => parseCommand([...run, '--logs', '/(/'])).toThrow(
      expect.objectContaining({ code: 'bad-query' }),
    );
  });

  it('reads none as no right at all', () => {
    expect(parseCommand(['run', 'f', '--grant', 'none', '--invoke', 'a'])).toMatchObject({ grants: [] });
  });

  it.each([
    ['an unknown name', ['fly'], 'usage'],
    ['an unknown option', [...run, '--fast'], 'usage'],
    ['an option of another name', ['inspect', 'a', '--out', 'b'], 'usage'],
    ['no path', ['build'], 'usage'],
    ['an empty path', ['build', ''], 'usage'],
    ['two paths', ['build', 'a', 'b'], 'usage'],
    ['no action', ['run', 'f', '--grant', 'all'], 'usage'],
    ['no decision about capabilities', ['run', 'f', '--invoke', 'a'], 'usage'],
    ['an option without its value', ['run', 'f', '--grant', 'all', '--invoke'], 'usage'],
    ['an unknown capability', ['run', 'f', '--grant', 'root', '--invoke', 'a'], 'usage'],
    ['an empty right', ['run', 'f', '--grant', 'kv,', '--invoke', 'a'], 'usage'],
    ['a time that is no number', [...run, '--timeout', 'soon'], 'usage'],
    ['no time at all', [...run, '--timeout', '0'], 'usage'],
    ['a principal that is none', [...run, '--principal', '../x'], 'principal-invalid'],
    ['a principal that nobody can be', [...run, '--principal', 'anonymous'], 'principal-reserved'],
  ])('refuses %s', (_what, words, code) => {
    expect(() => parseCommand(words)).toThrow(expect.objectContaining({ code }));
  });
});
