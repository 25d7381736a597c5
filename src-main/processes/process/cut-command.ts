import { MAX_COMMAND_VIEW_BYTES, MAX_COMMAND_VIEW_WORDS } from '../../contract/limits.ts';

/** A command as far as a view carries it. */
export interface ShownCommand {
  readonly words: readonly string[];
  /** Something is missing at the end: words, or the rest of the last one. */
  readonly cut: boolean;
}

/** The first words of a command, as many as a view may carry; the last one is cut at the end of a character. */
export function cutCommand(command: readonly string[]): ShownCommand {
  const words: string[] = [];
  let room = MAX_COMMAND_VIEW_BYTES;
  for (const word of command.slice(0, MAX_COMMAND_VIEW_WORDS)) {
    const bytes = Buffer.from(word);
    if (bytes.length > room) {
      // `stream` keeps the torn character at the end back.
      words.push(
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, room), { stream: true }),
      );
      return { words, cut: true };
    }
    words.push(word);
    room = Math.max(0, room - bytes.length - 1);
  }
  return { words, cut: command.length > words.length };
}
