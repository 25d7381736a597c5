/** A row of a grouped list: the head of a group, or a member. `gone` members are shown until the pointer leaves. */
export type ArrangedRow<Item> =
  | { readonly kind: 'group'; readonly id: string; readonly group: string; readonly members: number }
  | { readonly kind: 'item'; readonly id: string; readonly item: Item; readonly gone: boolean };

interface Keyed {
  readonly key: string;
  readonly capsule: string;
}

/**
 * Puts sorted items under the heads of their capsules (heads by name, members in the order given); members of collapsed
 * groups are left out. Without `grouped` the list stays flat.
 */
export function arrange<Item extends Keyed>(
  items: readonly Item[],
  grouped: boolean,
  collapsed: ReadonlySet<string>,
): readonly ArrangedRow<Item>[] {
  if (!grouped) {
    return items.map(itemRow);
  }
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const members = groups.get(item.capsule) ?? [];
    members.push(item);
    groups.set(item.capsule, members);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([group, members]) => [
      { kind: 'group' as const, id: `group:${group}`, group, members: members.length },
      ...(collapsed.has(group) ? [] : members.map(itemRow)),
    ]);
}

/**
 * The same rows in the order they had: what was there stays in its place with its news, what ended stays as `gone`,
 * what is new comes last. Used while the pointer is over the list, so that nothing moves under it.
 */
export function holdOrder<Item extends Keyed>(
  before: readonly ArrangedRow<Item>[],
  now: readonly ArrangedRow<Item>[],
): readonly ArrangedRow<Item>[] {
  const current = new Map(now.map((row) => [row.id, row]));
  const held = before.map((row) => {
    const update = current.get(row.id);
    current.delete(row.id);
    return update ?? (row.kind === 'item' ? { ...row, gone: true } : { ...row, members: 0 });
  });
  return [...held, ...current.values()];
}

function itemRow<Item extends Keyed>(item: Item): ArrangedRow<Item> {
  return { kind: 'item', id: item.key, item, gone: false };
}
