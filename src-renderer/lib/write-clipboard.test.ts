import { expect, it } from 'vitest';
import { writeClipboard } from './write-clipboard.ts';

/** A page that copies as a browser does: listeners of the event say what, else what is selected is taken. */
function openPage(allows: boolean) {
  const target = new EventTarget();
  let clipboard = '';
  let heard = 0;
  const page = Object.assign(target, {
    execCommand(command: string) {
      if (!allows) {
        return false;
      }
      const event = Object.assign(new Event(command, { cancelable: true }), {
        clipboardData: { setData: (type: string, text: string) => (clipboard = `${type}: ${text}`) },
      });
      // An element of the page, which hears the event after the page's own capture.
      target.addEventListener('copy', () => (heard += 1), { once: true });
      if (target.dispatchEvent(event)) {
        clipboard = 'what is selected';
      }
      return true;
    },
  });
  return { page: page as unknown as Document, clipboard: () => clipboard, heard: () => heard };
}

it('puts the text on the clipboard, whatever is selected and whoever else listens', () => {
  const { page, clipboard, heard } = openPage(true);
  expect(writeClipboard(page, 'log text')).toBe(true);
  expect([clipboard(), heard()]).toEqual(['text/plain: log text', 0]);
});

it('leaves the next copy of the person alone', () => {
  const { page, clipboard } = openPage(true);
  writeClipboard(page, 'log text');
  page.execCommand('copy');
  expect(clipboard()).toBe('what is selected');
});

it('says when the page may not', () => {
  expect(writeClipboard(openPage(false).page, 'log text')).toBe(false);
});
