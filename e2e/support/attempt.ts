import type { Page } from '@playwright/test';

/** What an attempt gets to use beside the page's own globals: nothing but this text. */
type Attempt = (expression: string) => Promise<string>;

/**
 * Runs expressions in the page and gives the value, or the name and text of what was thrown. It waits a turn
 * first: what the debugger itself evaluates may use `eval` whatever the policy says.
 */
export function attemptsIn(page: Pick<Page, 'evaluate'>): Attempt {
  return (expression) =>
    page.evaluate<string>(
      `(async () => { await new Promise((go) => setTimeout(go)); try { return String(await (${expression})); } catch (error) { return String(error); } })()`,
    );
}
