import { decodeText } from './text.ts';

/** The payload is not what the action needs. The message is for the caller. */
export class BadPayload extends Error {
  override readonly name = 'BadPayload';
}

/** An action's JSON payload: an object whose fields are read by name and checked as they are read. */
export class Payload {
  readonly #fields: ReadonlyMap<string, unknown>;

  private constructor(fields: ReadonlyMap<string, unknown>) {
    this.#fields = fields;
  }

  /** Parses UTF-8 JSON. An empty payload is an empty object; throws `BadPayload` for anything but an object. */
  static parse(bytes: Uint8Array): Payload {
    const text = decodeText(bytes).trim();
    let value: unknown;
    try {
      value = text === '' ? {} : JSON.parse(text);
    } catch {
      throw new BadPayload('the payload is not JSON');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new BadPayload('the payload is not a JSON object');
    }
    return new Payload(new Map(Object.entries(value)));
  }

  /** A string field, or undefined when it is absent or null. */
  text(name: string): string | undefined {
    return this.#read(name, 'a string', (value) => typeof value === 'string');
  }

  /** A field that is a finite number, or undefined when it is absent or null. */
  number(name: string): number | undefined {
    return this.#read(name, 'a number', (value) => typeof value === 'number');
  }

  /** A field that is a list of strings; an empty list when it is absent or null. */
  texts(name: string): readonly string[] {
    return this.#read(name, 'a list of strings', isTexts) ?? [];
  }

  /** A string field that must be there. */
  needText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new BadPayload(`"${name}" is missing`);
    return value;
  }

  /** The field as it is, unchecked. */
  raw(name: string): unknown {
    return this.#fields.get(name);
  }

  #read<T>(name: string, kind: string, is: (value: unknown) => value is T): T | undefined {
    const value = this.#fields.get(name) ?? undefined;
    if (value === undefined) return undefined;
    if (!is(value)) throw new BadPayload(`"${name}" must be ${kind}`);
    return value;
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
