import { type Citation, type JsonObject, objectIn, objectsIn } from '@tollgate/plugin-kit';

/** A citation (API reference, `Citation`): of a document that came with the request, or of the web. */
export function decodeCitation(wire: JsonObject): Citation {
  const url = objectIn(objectIn(wire['location'])?.['web'])?.['url'];
  const quote = objectsIn(wire['sourceContent'])
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('');
  return {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof wire['title'] === 'string' ? { title: wire['title'] } : {}),
    ...(quote === '' ? {} : { quote }),
  };
}
