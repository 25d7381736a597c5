/** The placeholder in the built page that each response replaces by its own nonce. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';

/**
 * What the page may load and do: its own scripts, styles, pictures and fonts, and nothing from anywhere
 * else. Style elements that the kit inserts carry the nonce of the page they are in.
 *
 * @param nonce base64, fresh for every response
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * For `npm run dev` only: Vite inserts inline scripts and styles and talks to its server.
 *
 * @param origin of the dev server, `http://localhost:5173`
 */
export function developmentPolicy(origin: string): string {
  const socket = origin.replace(/^http/, 'ws');
  return [
    "default-src 'none'",
    "script-src 'self' 'unsafe-inline'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src 'self' ${socket}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The page with its nonce filled in. */
export function withNonce(page: string, nonce: string): string {
  return page.replaceAll(NONCE_PLACEHOLDER, () => nonce);
}
