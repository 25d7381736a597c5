/**
 * Puts text on the clipboard; false when the page may not. By the copy event of the person's own click, which needs no
 * permission: the window has none, and the asynchronous clipboard would have to ask for one.
 */
export function writeClipboard(page: Document, text: string): boolean {
  const give = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData?.setData('text/plain', text);
  };
  page.addEventListener('copy', give, { capture: true });
  try {
    return page.execCommand('copy');
  } finally {
    page.removeEventListener('copy', give, { capture: true });
  }
}
