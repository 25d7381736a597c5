/** How to drive one interpreter. */
export interface Interpreter {
  readonly cmd: string;
  readonly args: readonly string[];
  /** A line that makes it print `text` on both streams. */
  readonly mark: (text: string) => string;
  /** Takes what the interpreter adds by itself, its prompts, out of a line. */
  readonly clean: (line: string) => string;
}

const INTERPRETERS: Readonly<Record<string, Interpreter>> = {
  sh: {
    cmd: 'sh',
    args: [],
    mark: (text) => `echo ${text}; echo ${text} >&2`,
    clean: (line) => line,
  },
  python3: {
    cmd: 'python3',
    // Interactive although stdin is a pipe, no banner, nothing held back in buffers.
    args: ['-i', '-q', '-u'],
    mark: (text) => `import sys; print('${text}'); print('${text}', file=sys.stderr)`,
    // The prompts go to stderr, without a newline, in front of whatever comes next.
    clean: (line) => line.replace(/^(?:>>> |\.\.\. )+/, ''),
  },
};

/** The interpreter of this name; throws for one that the capsule does not know. */
export function interpreterNamed(name: string): Interpreter {
  const interpreter = Object.hasOwn(INTERPRETERS, name) ? INTERPRETERS[name] : undefined;
  if (interpreter === undefined) throw new Error(`unknown interpreter "${name}"`);
  return interpreter;
}
