import { useEffect, useRef } from 'react';
import type { FocusEvent } from 'react';

/** To spread on the element whose insides are watched. */
export interface FocusWatch {
  readonly onFocus: (event: FocusEvent) => void;
  readonly onBlur: () => void;
}

/**
 * Calls `home` when what had the focus was taken off the page: a button that its own press made pointless, a row that
 * went. Without it the focus falls to the page, and who works by keyboard starts again at the first place of the window.
 * To be called by the component whose drawing takes such elements away.
 */
export function useKeptFocus(home: () => void): FocusWatch {
  const last = useRef<Element | null>(null);
  useEffect(() => {
    if (last.current?.isConnected !== false) {
      return;
    }
    last.current = null;
    if (document.activeElement === document.body) {
      home();
    }
  });
  return {
    onFocus: (event) => {
      last.current = event.target;
    },
    // React tells nothing of a blur that its own removal caused, so that what was removed is still known afterwards.
    onBlur: () => {
      last.current = null;
    },
  };
}
