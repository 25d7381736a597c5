import path from 'node:path';
import { mainRooms } from './arrows.mjs';

/** @typedef {import('./rules.mjs').Sources} Sources */

/**
 * What breaks the arrows between the rooms of a part.
 *
 * @param {Sources} sources
 * @returns {string[]} one line for each import
 */
export function roomViolations(sources) {
  return [...sources.values()]
    .filter(({ test }) => !test)
    .flatMap(({ file, imports }) => {
      const from = roomOf(file);
      if (from === undefined) {
        return [];
      }
      const rooms = mainRooms[from.part] ?? [];
      if (from.room !== '' && !rooms.includes(from.room)) {
        return [
          `${file}: ${from.part}/${from.room} is no room: mainRooms of build/check/layers/arrows.mjs lists them`,
        ];
      }
      return imports.flatMap(({ specifier, line, target }) => {
        const to = target === undefined ? undefined : roomOf(target);
        if (target === undefined || to?.part !== from.part || mayImport(sources, rooms, from.room, target)) {
          return [];
        }
        const below = rooms.slice(0, rooms.indexOf(from.room));
        return [
          `${file}:${line} imports ${specifier}: the room ${from.part}/${from.room} may import only itself, [${below.join(', ')}] and what stands beside the rooms and imports none`,
        ];
      });
    });
}

/**
 * @param {Sources} sources
 * @param {string[]} rooms of the part
 * @param {string} from room; empty for what stands beside the rooms, which may import any
 * @param {string} target
 */
function mayImport(sources, rooms, from, target) {
  if (from === '') {
    return true;
  }
  const to = roomOf(target)?.room ?? '';
  return to === '' ? !reachesRoom(sources, target) : rooms.indexOf(to) <= rooms.indexOf(from);
}

/**
 * Whether something that stands beside the rooms of its part imports one of them, itself or through its like.
 *
 * @param {Sources} sources
 * @param {string} file
 * @param {Set<string>} [seen]
 * @returns {boolean}
 */
function reachesRoom(sources, file, seen = new Set()) {
  if (seen.has(file)) {
    return false;
  }
  seen.add(file);
  const own = roomOf(file);
  return (sources.get(file)?.imports ?? []).some(({ target }) => {
    const to = target === undefined ? undefined : roomOf(target);
    return (
      target !== undefined &&
      to !== undefined &&
      to.part === own?.part &&
      (to.room !== '' || reachesRoom(sources, target, seen))
    );
  });
}

/**
 * @param {string} file path from the root
 * @returns {{part: string, room: string} | undefined} `room`: its folder below the part, empty beside the rooms;
 *   undefined where a part has no rooms
 */
function roomOf(file) {
  const [top = '', part = '', ...rest] = file.split('/');
  if (top !== 'src-main' || mainRooms[part] === undefined) {
    return undefined;
  }
  return { part, room: path.posix.dirname(rest.join('/')).replace(/^\.$/, '') };
}
