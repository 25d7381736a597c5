import { config } from '../sdk/sys.ts';

/** One command to keep running. */
export interface Command {
  readonly name: string;
  readonly cmd: string;
  readonly args: readonly string[];
  /** How its processes are found again in the host's list. */
  readonly label: string;
}

/** The commands of the configuration key `commands`; throws with what is wrong in it. */
export function configured(): readonly Command[] {
  const list: unknown = JSON.parse(config('commands') ?? '[]');
  if (!Array.isArray(list)) throw new Error('"commands" must be a JSON list');
  return list.map(toCommand);
}

/** The configured command of this name. */
export function find(name: string): Command {
  const command = configured().find((candidate) => candidate.name === name);
  if (command === undefined) throw new Error(`unknown command "${name}"`);
  return command;
}

function toCommand(value: unknown): Command {
  const { name, cmd, args = [] } = value as { name?: unknown; cmd?: unknown; args?: unknown };
  if (typeof name !== 'string' || typeof cmd !== 'string' || !Array.isArray(args)) {
    throw new Error('each of "commands" needs a name, a cmd and a list of args');
  }
  return { name, cmd, args: args.map(String), label: `supervisor:${name}` };
}
