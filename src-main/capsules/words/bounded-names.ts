/** The names, or the first of them and a last line that says how many more there are: `12 more`. */
export function boundedNames(names: readonly string[], max: number): readonly string[] {
  return names.length <= max ? names : [...names.slice(0, max), `${names.length - max} more`];
}
