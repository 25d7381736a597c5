/** A name of WIT as jco spells it in JavaScript: `max-memory-bytes` is `maxMemoryBytes`. */
export function memberName(wit: string): string {
  return wit.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
