import { BadRequestError, type JsonObject } from '@tollgate/plugin-kit';
import { isJsonObject } from './wire.js';

/**
 * An object of the client's body under its path. Fields are asked for by their camelCase name and found in snake_case too, since the
 * service accepts both; null counts as absent. It remembers what was read, so that the rest can be kept.
 */
export class RequestFields {
  readonly #source: JsonObject;
  readonly #read = new Set<string>();

  /** @throws BadRequestError if the source is no object. */
  constructor(
    source: unknown,
    readonly path: string,
  ) {
    if (!isJsonObject(source)) throw wrongType(path, 'an object');
    this.#source = source;
  }

  /** @throws BadRequestError if the field is there in both spellings: which one counts would be a guess. */
  value(name: string): unknown {
    const snakeName = snakeCase(name);
    this.#read.add(name).add(snakeName);
    const value = this.#source[name] ?? undefined;
    if (snakeName === name) return value;
    const snakeValue = this.#source[snakeName] ?? undefined;
    if (value !== undefined && snakeValue !== undefined)
      throw new BadRequestError(`${this.at(name)} is given twice: as ${name} and as ${snakeName}.`, this.at(name));
    return value ?? snakeValue;
  }

  /** Path of a field, in the spelling that the client used. */
  at(name: string): string {
    const snakeName = snakeCase(name);
    const spelling = !(name in this.#source) && snakeName in this.#source ? snakeName : name;
    return this.path === '' ? spelling : `${this.path}.${spelling}`;
  }

  string(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    throw wrongType(this.at(name), 'a string');
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'number') return value;
    throw wrongType(this.at(name), 'a number');
  }

  /** A count; 0 is how protobuf says that there is none. @throws BadRequestError if it is negative or broken. */
  count(name: string): number | undefined {
    const value = this.number(name);
    if (value === undefined || value === 0) return undefined;
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw wrongType(this.at(name), 'a whole number above 0');
  }

  boolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw wrongType(this.at(name), 'true or false');
  }

  object(name: string): RequestFields | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : new RequestFields(value, this.at(name));
  }

  json(name: string): JsonObject | undefined {
    const value = this.value(name);
    if (value === undefined || isJsonObject(value)) return value;
    throw wrongType(this.at(name), 'an object');
  }

  /** The elements of a list, each an object under its own path. */
  objects(name: string): readonly RequestFields[] | undefined {
    return this.#list(name)?.map((element, index) => new RequestFields(element, `${this.at(name)}.${index}`));
  }

  strings(name: string): readonly string[] | undefined {
    return this.#list(name)?.map((element, index) => {
      if (typeof element === 'string') return element;
      throw wrongType(`${this.at(name)}.${index}`, 'a string');
    });
  }

  /** The fields that nobody asked for, as the client wrote them. */
  rest(): JsonObject {
    return Object.fromEntries(Object.entries(this.#source).filter(([name, value]) => value !== null && !this.#read.has(name)));
  }

  /** The object as the client wrote it. */
  source(): JsonObject {
    return this.#source;
  }

  #list(name: string): readonly unknown[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw wrongType(this.at(name), 'a list');
    return value;
  }
}

function wrongType(path: string, expected: string): BadRequestError {
  return path === '' ? new BadRequestError(`The body must be ${expected}.`) : new BadRequestError(`${path} must be ${expected}.`, path);
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
