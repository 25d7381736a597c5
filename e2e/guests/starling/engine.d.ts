/** Of the engine's globals, beyond the language. */
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
