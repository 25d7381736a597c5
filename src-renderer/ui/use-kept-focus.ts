import { useEffect, useRef } from 'react';
import type { FocusEvent } from 'react';

/** To spread on the element whose insides are watched. */
export interface FocusWatch {
  readonly onFocus: (event: FocusEvent) => void;
  readonly onBlur: () => void;
}

/**
 * Calls `home` when the focused element is removed from the page: a button that disappears when pressed, a row that went
 * away. Without it focus falls back to the page, and keyboard users start again at the top of the window. To be called by
 * the component whose rendering removes such elements.
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
    // React fires no blur event for an element that it removes itself, so the removed element is still known here.
    onBlur: () => {
      last.current = null;
    },
  };
}
