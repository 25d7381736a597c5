/**
 * The file that has a Linux desktop start the program at login.
 *
 * @param program absolute path
 * @throws Error when the path cannot stand in such a file
 * @see https://specifications.freedesktop.org/autostart-spec/ and …/desktop-entry-spec/
 */
export function autostartEntry(name: string, program: string): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    `Name=${name}`,
    `Exec=${execValue(program)}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** Whether a desktop would start what the entry says: desktops turn an entry off by a line in it. */
export function isEntryOn(entry: string): boolean {
  return (
    /^\[Desktop Entry\]/m.test(entry) &&
    !/^Hidden\s*=\s*true\s*$/m.test(entry) &&
    !/^X-GNOME-Autostart-enabled\s*=\s*false\s*$/m.test(entry)
  );
}

/**
 * One program without arguments as the value of `Exec`: in double quotes with `"`, `` ` ``, `$` and `\`
 * escaped, `%` doubled, and that once more escaped as every string of such a file is.
 */
export function execValue(program: string): string {
  if (/[\p{Cc}=]/u.test(program)) {
    // The specification forbids "=" in a program's name; a control character could end the line.
    throw new Error(`a desktop entry cannot name the program ${JSON.stringify(program)}`);
  }
  const argument = program.replace(/["`$\\]/g, String.raw`\$&`).replaceAll('%', '%%');
  return `"${argument}"`.replaceAll('\\', String.raw`\\`);
}

/**
 * What to start: the AppImage when we run from one, since its contents are mounted elsewhere each time.
 * The variables count only when they are about us: programs inherit them from any AppImage.
 */
export function startedProgram(
  program: string,
  environment: { readonly [name: string]: string | undefined },
): string {
  const { ['APPIMAGE']: image, ['APPDIR']: mounted } = environment;
  const ours = image !== undefined && mounted !== undefined && program.startsWith(`${mounted}/`);
  return ours ? image : program;
}
