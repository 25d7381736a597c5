import { continuesAbove } from '../../lib/log-rows.ts';
import type { LogRow } from '../../lib/log-rows.ts';
import { rowText } from '../../lib/row-spans.ts';

/** Rows as text: pieces of one long line joined where they follow each other, holes left out. */
export function copyText(rows: readonly LogRow[]): string {
  let text: string | null = null;
  for (const [index, row] of rows.entries()) {
    if (row.kind === 'text') {
      const joint: string = text === null || continuesAbove(row, rows[index - 1]) ? '' : '\n';
      text = `${text ?? ''}${joint}${rowText(row)}`;
    }
  }
  return text ?? '';
}

/** The selected part of the log's text without times and marks, null when nothing of it is selected. */
export function selectedText(log: Element, selection: Selection | null): string | null {
  const range = selection === null || selection.rangeCount === 0 ? null : selection.getRangeAt(0);
  if (range === null || range.collapsed) {
    return null;
  }
  let text: string | null = null;
  for (const row of log.querySelectorAll('[data-row]')) {
    const body = row.querySelector('[data-text]');
    if (body === null || !range.intersectsNode(body)) {
      continue;
    }
    const part = log.ownerDocument.createRange();
    part.selectNodeContents(body);
    if (body.contains(range.startContainer)) {
      part.setStart(range.startContainer, range.startOffset);
    }
    if (body.contains(range.endContainer)) {
      part.setEnd(range.endContainer, range.endOffset);
    }
    const joint: string = text === null || row.hasAttribute('data-joined') ? '' : '\n';
    text = `${text ?? ''}${joint}${part.toString()}`;
  }
  return text;
}
