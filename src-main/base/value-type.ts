/** Types whose values consist of nothing else, in the order of their opcodes (`design/mvp/Binary.md`), 0x7f downwards. */
export const PRIMITIVES = [
  'bool',
  's8',
  'u8',
  's16',
  'u16',
  's32',
  'u32',
  's64',
  'u64',
  'f32',
  'f64',
  'char',
  'string',
] as const;

export type Primitive = (typeof PRIMITIVES)[number];

/**
 * A type of the component model, written out: a name in WIT adds nothing to it.
 *
 * @template R how a resource is known: by its full name in the contract, `astrid:io/poll@1.0.0#pollable`
 * @template Other what else there is in a component; the contract has nothing else
 */
export type ValueType<R = string, Other = never> =
  | Primitive
  | { readonly kind: 'list' | 'option'; readonly of: ValueType<R, Other> }
  | { readonly kind: 'tuple'; readonly items: readonly ValueType<R, Other>[] }
  | { readonly kind: 'record'; readonly fields: readonly NamedType<R, Other>[] }
  | { readonly kind: 'variant'; readonly cases: readonly VariantCase<R, Other>[] }
  | {
      readonly kind: 'result';
      readonly ok: ValueType<R, Other> | null;
      readonly err: ValueType<R, Other> | null;
    }
  | { readonly kind: 'enum' | 'flags'; readonly names: readonly string[] }
  | { readonly kind: 'own' | 'borrow'; readonly resource: R }
  | Other;

export interface NamedType<R = string, Other = never> {
  readonly name: string;
  readonly type: ValueType<R, Other>;
}

export interface VariantCase<R = string, Other = never> {
  readonly name: string;
  readonly type: ValueType<R, Other> | null;
}

export interface FunctionType<R = string, Other = never> {
  /** A method's `self` is the first. */
  readonly params: readonly NamedType<R, Other>[];
  readonly result: ValueType<R, Other> | null;
}
