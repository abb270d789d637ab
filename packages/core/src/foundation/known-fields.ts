/** As much of a JSON Schema as is needed to find an object in it. */
interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  readonly additionalProperties?: ObjectSchema | boolean;
  readonly items?: ObjectSchema;
}

/** The fields that a JSON Schema allows in the object at the path; none if it names none there. */
export function knownFields(schema: object, path: readonly PropertyKey[]): readonly string[] {
  const at = path.reduce<ObjectSchema | undefined>((object, part) => object && partOf(object, part), schema);
  return Object.keys(at?.properties ?? {});
}

function partOf({ properties = {}, additionalProperties, items }: ObjectSchema, part: PropertyKey): ObjectSchema | undefined {
  if (typeof part === 'number') return items;
  const named = Object.hasOwn(properties, part) ? properties[String(part)] : undefined;
  return named ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
}

/** The sentence that follows "there is no such field". */
export function knownText(known: readonly string[]): string {
  return known.length === 0 ? 'There is none here.' : `There are: ${known.join(', ')}.`;
}
