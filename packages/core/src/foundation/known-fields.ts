/** As much of a JSON Schema as is needed to find an object in it. */
interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  readonly additionalProperties?: ObjectSchema | boolean;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly items?: ObjectSchema;
  readonly anyOf?: readonly ObjectSchema[];
}

/** The fields that a JSON Schema allows in the object at the path; none if it names none there. */
export function knownFields(schema: object, path: readonly PropertyKey[]): readonly string[] {
  const found = path.reduce<readonly ObjectSchema[]>(
    (objects, part) => objects.flatMap((object) => partsOf(object, part)),
    alternativesOf(schema),
  );
  return [
    ...new Set(found.flatMap(({ properties, propertyNames }) => (properties && Object.keys(properties)) ?? propertyNames?.enum ?? [])),
  ];
}

function alternativesOf(schema: ObjectSchema): readonly ObjectSchema[] {
  return schema.anyOf?.flatMap(alternativesOf) ?? [schema];
}

function partsOf({ properties = {}, additionalProperties, items }: ObjectSchema, part: PropertyKey): readonly ObjectSchema[] {
  const named = Object.hasOwn(properties, part) ? properties[String(part)] : undefined;
  const found = typeof part === 'number' ? items : (named ?? additionalProperties);
  return typeof found === 'object' ? alternativesOf(found) : [];
}

/** The sentence that follows "there is no such field". */
export function knownText(known: readonly string[]): string {
  return known.length === 0 ? 'There is none here.' : `There are: ${known.join(', ')}.`;
}
