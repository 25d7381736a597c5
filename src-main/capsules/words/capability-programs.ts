/**
 * Programs that start others or run any code handed to them as an argument: allowing one of them allows
 * everything that the sandbox holds. The list names what is common; it sorts a warning, it is no gate.
 */
const SHELLS = 'sh ash bash csh dash fish ksh mksh nu pwsh powershell tcsh xonsh zsh'.split(' ');
const INTERPRETERS =
  'awk bun deno elixir erl gawk ghci groovy guile java jruby jshell julia lua luajit mawk node nodejs osascript perl php pypy python racket ruby sbcl scala swift tclsh ts-node tsx wish'.split(
    ' ',
  );
const LAUNCHERS =
  'at batch busybox chroot chrt cron doas docker emacs env expect find flock gdb go ionice cargo make ninja nice nix nohup npm npx parallel pip pipx pnpm podman rsync run-parts screen script setarch setsid socat ssh stdbuf strace su sudo systemd-run taskset tar time timeout tmux toybox uv uvx vi vim watch xargs yarn'.split(
    ' ',
  );
const ANY = new Set([...SHELLS, ...INTERPRETERS, ...LAUNCHERS]);

/** `/usr/bin/python3.11` counts as `python`. */
export function startsAnyProgram(command: string): boolean {
  if (command.includes('/') && !command.startsWith('/')) {
    // A file of its workspace, which it can write: whatever it puts there.
    return true;
  }
  const name = (command.split(' ')[0] ?? '').split('/').at(-1) ?? '';
  const plain = name.toLowerCase().replace(/\.exe$/, '');
  return ANY.has(plain) || ANY.has(plain.replace(/[\d.-]+$/, ''));
}
