/** A part of the realm as one script, bundled by `build/bundle/realm-scripts.mjs`; its value has what the part exports. */
declare module 'realm:main' {
  export const script: string;
}
declare module 'realm:text' {
  export const script: string;
}
