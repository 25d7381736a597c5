import type { ProcessView } from '../../../src-main/contract/views.ts';
import { endedWell, exitText } from '../../lib/format-exit.ts';
import { formatLifetime, phaseText } from '../../lib/format-process.ts';

export type ProcessFilter = (view: ProcessView) => boolean;

/**
 * What the filter of the list asks of a process. Words and `"phrases"`, separated by spaces, all have to stand somewhere
 * in what is known of it, in any case; `capsule:team7` only there, and `-state:exited` not there. A dash before a word is part
 * of it, so that a command can be pasted. The fields are those of `fieldsOf`.
 */
export function compileFilter(filter: string): ProcessFilter {
  const terms = [...filter.matchAll(TERM)].map(([term]) => compileTerm(term));
  return (view) => {
    const fields = fieldsOf(view);
    return terms.every((meets) => meets(fields));
  };
}

/** With quotes anywhere in it, as `label:"two words"`; a quote without an end goes on to the end. */
const TERM = /(?:"[^"]*(?:"|$)|[^\s"])+/gu;

type Fields = ReadonlyMap<string, string>;

function fieldsOf(view: ProcessView): Fields {
  const { exit } = view;
  const failed = exit !== null && !endedWell(exit) ? ' failed' : '';
  const fields = {
    label: view.label,
    capsule: view.capsule,
    principal: view.principal,
    lifetime: formatLifetime(view.tier),
    state: `${phaseText(view)}${failed}`,
    details: exitText(view),
    pid: String(view.osPid ?? ''),
    command: view.command.join(' '),
  };
  return new Map(Object.entries(fields).map(([name, text]) => [name, text.toLowerCase()]));
}

function compileTerm(term: string): (fields: Fields) => boolean {
  const [, dash = '', name = '', value = ''] = FIELD.exec(term) ?? [];
  if (name !== '') {
    const wanted = plain(value);
    const excluded = dash === '-';
    return (fields) => (fields.get(name.toLowerCase()) ?? '').includes(wanted) !== excluded;
  }
  const wanted = plain(term);
  return (fields) => [...fields.values()].some((text) => text.includes(wanted));
}

/** Another name before a colon is part of a word, as in `http://…`. */
const FIELD = /^(-?)(label|capsule|principal|lifetime|state|details|pid|command):(.+)$/isu;

function plain(text: string): string {
  return text.replaceAll('"', '').toLowerCase();
}
