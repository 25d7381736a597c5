import type { CoreModule, LimitsSection } from '../../capsules/component/core-module.ts';
import { HAS_MAXIMUM, type DeclaredLimits } from '../../capsules/component/core-types.ts';

/** How far what a core module makes may grow, one number for each that it declares, in its order. */
export interface GrowthCaps {
  /** In pages. */
  readonly memories: readonly number[];
  /** In elements. */
  readonly tables: readonly number[];
}

/**
 * A core module whose own memories and tables cannot grow beyond `caps`: their declared maxima are lowered (or
 * added), so that `memory.grow` and `table.grow` themselves refuse, as the guest's code expects.
 *
 * @param module bytes of a valid core module (V8 validates the result again)
 * @param read what `readCoreModule` says of these bytes
 */
export function capGrowth(
  module: Uint8Array<ArrayBuffer>,
  read: CoreModule,
  caps: GrowthCaps,
): Uint8Array<ArrayBuffer> {
  const sections = [
    { section: read.tables, maxima: caps.tables },
    { section: read.memories, maxima: caps.memories },
  ];
  // The specification has tables before memories; so does a valid module.
  let at = 0;
  const parts: Uint8Array[] = [];
  for (const { section, maxima } of sections) {
    if (section !== null) {
      const content = cappedContent(module, section, maxima);
      const id = module[section.start] ?? 0;
      parts.push(module.subarray(at, section.start), Uint8Array.of(id, ...leb(content.length)), content);
      at = section.end;
    }
  }
  return join([...parts, module.subarray(at)]);
}

function cappedContent(module: Uint8Array, section: LimitsSection, maxima: readonly number[]): Uint8Array {
  let at = section.content;
  const parts: Uint8Array[] = [];
  section.limits.forEach((limits, index) => {
    const maximum = maxima[index];
    if (maximum === undefined) {
      throw new RangeError('The module has more memories or tables than counted.');
    }
    parts.push(module.subarray(at, limits.start), Uint8Array.from(cappedLimits(limits, maximum)));
    at = limits.end;
  });
  return join([...parts, module.subarray(at, section.end)]);
}

function cappedLimits({ flags, minimum, pageSize }: DeclaredLimits, maximum: number): readonly number[] {
  return [flags | HAS_MAXIMUM, ...leb(minimum), ...leb(maximum), ...(pageSize === null ? [] : leb(pageSize))];
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
