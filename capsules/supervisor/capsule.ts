import { log, signalReady } from 'astrid:sys/host@1.0.0';
import { actions } from '../sdk/actions.ts';
import { describe, failedWith } from '../sdk/host-error.ts';
import type { Payload } from '../sdk/payload.ts';
import { Process } from '../sdk/process.ts';
import { now, sleep } from '../sdk/sys.ts';
import { configured, find, type Command } from './commands.ts';
import { RestartPlan } from './restart-plan.ts';

/** How often the loop looks. */
const TICK_MS = 500;

/** The host's longest: what is supervised may be quiet for hours, and an end must still be seen. */
const IDLE_TIMEOUT_MS = 21_600_000;
const EXIT_RETENTION_MS = 3_600_000;

const DEFAULT_TAIL_LINES = 20;

/**
 * The actions. Each call may run in a new instance, so nothing is remembered here: what runs, and what ended
 * by itself, is read from the host's process list. Stopping makes the host forget a process, so an ended
 * process that is still listed is one that nobody meant to end.
 */
export const astridHookTrigger = actions({
  start: (payload) => chosen(payload).map(start),
  stop: (payload) => chosen(payload).map(stop),
  restart: (payload) =>
    chosen(payload).map((command) => {
      stop(command);
      return start(command);
    }),
  status: (payload) => chosen(payload).map(status),
  tail,
});

/** The loop: restarts what was started and ended by itself. Runs in an instance of its own until cancelled. */
export function run(): void {
  signalReady();
  const plan = new RestartPlan();
  for (;;) {
    try {
      for (const command of configured()) keep(command, plan);
      sleep(TICK_MS);
    } catch (caught) {
      if (failedWith(caught, 'cancelled')) return;
      // An action may stop a process between two steps of the loop; the next round sees it gone.
      if (!failedWith(caught, 'no-such-process')) log('warn', `supervising: ${describe(caught)}`);
      sleep(TICK_MS);
    }
  }
}

function keep(command: Command, plan: RestartPlan): void {
  const listed = Process.find(command.label);
  const alive = listed.filter((info) => info.phase !== 'exited');
  // An action and the loop may have started the same command at the same moment: the older one stays.
  for (const extra of alive.slice(1)) new Process(extra.id).stop();
  const ended = listed.find((info) => info.phase === 'exited');
  if (alive[0] !== undefined) plan.running(command.name, alive[0].ageMs);
  else if (ended === undefined) plan.forget(command.name);
  else if (plan.due(command.name, now())) {
    log('info', `restarting ${command.name}, attempt ${plan.attempts(command.name)}`);
    launch(command);
  }
  // One ended process is enough to know that it ended by itself; none is needed once a new one runs.
  for (const old of listed) if (old.phase === 'exited' && alive.length > 0) new Process(old.id).release();
}

function start(command: Command): object {
  const alive = Process.find(command.label).some((info) => info.phase !== 'exited');
  if (!alive) launch(command);
  return status(command);
}

function stop(command: Command): object {
  for (const info of Process.find(command.label)) {
    const process = new Process(info.id);
    if (info.phase === 'exited') process.release();
    else process.stop();
  }
  return status(command);
}

/** Starts the command and then forgets its earlier runs, in that order: a failed start loses no evidence. */
function launch(command: Command): void {
  const earlier = Process.find(command.label);
  Process.start(command.cmd, {
    args: command.args,
    label: command.label,
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    exitRetentionMs: EXIT_RETENTION_MS,
  });
  for (const info of earlier) if (info.phase === 'exited') new Process(info.id).release();
}

function status(command: Command): object {
  const listed = Process.find(command.label);
  const info = listed.find(({ phase }) => phase !== 'exited') ?? listed.at(-1);
  if (info === undefined) return { name: command.name, state: 'stopped' };
  return info.phase === 'exited'
    ? { name: command.name, state: 'waiting to restart', exit: info.exit }
    : { name: command.name, state: 'running', ageMs: info.ageMs, pid: info.osPid };
}

/** `{ name, stream?, lines? }`: the last lines that the host retains. */
function tail(payload: Payload): object {
  const command = find(payload.needText('name'));
  const stream = payload.text('stream') === 'stderr' ? 'stderr' : 'stdout';
  const count = Math.max(1, payload.number('lines') ?? DEFAULT_TAIL_LINES);
  const newest = Process.find(command.label).at(-1);
  const lines = newest === undefined ? [] : new Process(newest.id).lines(stream);
  return { name: command.name, stream, lines: lines.slice(-count) };
}

/** The command that `name` names, or all of them. */
function chosen(payload: Payload): readonly Command[] {
  const name = payload.text('name');
  return name === undefined ? configured() : [find(name)];
}
