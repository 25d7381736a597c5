import type { FunctionType, ValueType } from '../../base/value-type.ts';
import { quoted } from '../words/escape-control-chars.ts';
import type { ReadFunction, ReadType } from './definition.ts';

/**
 * In what a function that a component declares differs from the contract's, in words that complete "its"; null where it
 * is the same. Structural, as for a linker of the component model: what a type is called does not matter, the names and the
 * order of fields and cases do. The names of parameters do not: no value depends on them, and the reference's linker does
 * not look at them either.
 *
 * @param found null for a function whose type did not become clear
 */
export function typeDifference(expected: FunctionType, found: ReadFunction | null): string | null {
  if (found === null) {
    return 'type is not declared where it can be checked';
  }
  if (found.async) {
    return 'type is asynchronous';
  }
  if (found.params.length !== expected.params.length) {
    return `parameters are ${found.params.length} instead of ${expected.params.length}`;
  }
  for (const [index, { name, type }] of expected.params.entries()) {
    const difference = between(`parameter ${quoted(name)}`, type, found.params[index]?.type ?? null);
    if (difference !== null) {
      return difference;
    }
  }
  return between('result', expected.result, found.result);
}

type Maybe<T> = T | null;

/** Recurses no deeper than the contract's own types. */
function between(at: string, expected: Maybe<ValueType>, found: Maybe<ReadType>): string | null {
  if (expected === null || found === null || typeof expected === 'string' || typeof found === 'string') {
    return expected === found ? null : instead(at, found, expected);
  }
  switch (expected.kind) {
    case 'list':
    case 'option':
      return found.kind === expected.kind
        ? between(`${at}, ${expected.kind === 'list' ? 'element' : 'value'}`, expected.of, found.of)
        : instead(at, found, expected);
    case 'tuple':
      return found.kind === 'tuple' && found.items.length === expected.items.length
        ? first(expected.items, (item, index) =>
            between(`${at}, item ${index + 1}`, item, found.items[index] ?? null),
          )
        : instead(at, found, expected);
    case 'record':
      return found.kind === 'record'
        ? inOrder(`${at}, field`, expected.fields, found.fields)
        : instead(at, found, expected);
    case 'variant':
      return found.kind === 'variant'
        ? inOrder(`${at}, case`, expected.cases, found.cases)
        : instead(at, found, expected);
    case 'result':
      return found.kind === 'result'
        ? (between(`${at}, ok`, expected.ok, found.ok) ?? between(`${at}, error`, expected.err, found.err))
        : instead(at, found, expected);
    case 'enum':
    case 'flags':
      return found.kind === expected.kind
        ? inOrder(`${at}, name`, expected.names.map(named), found.names.map(named))
        : instead(at, found, expected);
    case 'own':
    case 'borrow':
      return found.kind === expected.kind && found.resource.name === expected.resource
        ? null
        : instead(at, found, expected);
  }
}

interface Member<T> {
  readonly name: string;
  readonly type: T | null;
}

function named(name: string): Member<never> {
  return { name, type: null };
}

function inOrder(
  at: string,
  expected: readonly Member<ValueType>[],
  found: readonly Member<ReadType>[],
): string | null {
  const difference = first(expected, ({ name, type }, index) => {
    const other = found[index];
    return other?.name === name
      ? between(`${at} ${quoted(name)}`, type, other.type)
      : `${at} ${index + 1} is ${other === undefined ? 'missing' : quoted(other.name)} instead of ${quoted(name)}`;
  });
  const surplus = found[expected.length];
  return (
    difference ?? (surplus === undefined ? null : `${at} ${quoted(surplus.name)} is none of the contract's`)
  );
}

function instead(at: string, found: Maybe<ReadType>, expected: Maybe<ValueType>): string {
  return `${at} is ${words(found)} instead of ${words(expected)}`;
}

function words(type: Maybe<ReadType | ValueType>): string {
  if (type === null || typeof type === 'string') {
    return type ?? 'nothing';
  }
  switch (type.kind) {
    case 'own':
    case 'borrow': {
      const name = typeof type.resource === 'string' ? type.resource : type.resource.name;
      return `${type.kind}<${name ?? 'a resource of its own'}>`;
    }
    case 'foreign':
      return type.words;
    case 'list':
    case 'option':
    case 'tuple':
    case 'record':
    case 'variant':
    case 'result':
    case 'enum':
    case 'flags':
      return `${/^[aeiou]/.test(type.kind) ? 'an' : 'a'} ${type.kind}`;
  }
}

function first<T>(items: readonly T[], of: (item: T, index: number) => string | null): string | null {
  for (const [index, item] of items.entries()) {
    const found = of(item, index);
    if (found !== null) {
      return found;
    }
  }
  return null;
}
