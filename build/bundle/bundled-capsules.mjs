/**
 * The example capsules that ship with the application, which installs them by itself with what they ask for. A list and
 * not what lies in `capsules/`: a capsule that somebody writes there is installed by that person, or not at all.
 */
export const BUNDLED_CAPSULES = ['repl', 'runner', 'supervisor'];
