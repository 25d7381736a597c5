import { hiddenText } from '../../contract/hidden-text.ts';
import { escapeControlChars } from './escape-control-chars.ts';

/**
 * What is told to a terminal, which would act on the escape sequences of a program or a manifest: they are shown as
 * escapes, colours too. Tabs stay. The lines behind the first one are indented, so that no text can pose as a line of ours.
 */
export function terminalText(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(escapeControlChars).join('\t'))
    .join('\n  ');
}

/** JSON for a terminal: the same value, with `\uNNNN` in its strings in place of what a terminal would act on or hide. */
export function terminalJson(json: string): string {
  return json.replace(hiddenText, (character: string, emoji?: string) =>
    character === '\n' ? character : (emoji ?? character.split('').map(unitEscape).join('')),
  );
}

function unitEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
