/** What the first bytes of a file say about its type, for the types that models take. */
const signatures: readonly { readonly type: string; readonly at: number; readonly bytes: string }[] = [
  { type: 'image/png', at: 0, bytes: '\x89PNG\r\n\x1a\n' },
  { type: 'image/jpeg', at: 0, bytes: '\xff\xd8\xff' },
  { type: 'image/gif', at: 0, bytes: 'GIF8' },
  { type: 'image/webp', at: 8, bytes: 'WEBP' },
  { type: 'application/pdf', at: 0, bytes: '%PDF-' },
  { type: 'audio/wav', at: 8, bytes: 'WAVE' },
  { type: 'audio/mpeg', at: 0, bytes: 'ID3' },
  { type: 'audio/ogg', at: 0, bytes: 'OggS' },
  { type: 'audio/flac', at: 0, bytes: 'fLaC' },
];

/** Types under which servers hand out what they do not know. */
const vagueTypes: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'binary/octet-stream']);

const namesOfTypes: ReadonlyMap<string, string> = new Map([
  ['image/jpg', 'image/jpeg'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/x-wav', 'audio/wav'],
  ['audio/wave', 'audio/wav'],
  ['application/x-pdf', 'application/pdf'],
]);

/** A type without its parameters, under its usual name. */
export function plainType(contentType: string): string {
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  return namesOfTypes.get(type) ?? type;
}

/** The type of fetched bytes: what they say themselves, else what the server says, else what the caller said; undefined if nobody knows. */
export function typeOfBytes(bytes: Buffer, contentType: string, stated: string | undefined): string | undefined {
  const seen = signatures.find(({ at, bytes: mark }) => bytes.subarray(at, at + mark.length).toString('latin1') === mark);
  if (seen !== undefined) return seen.type;
  const told = plainType(contentType);
  return vagueTypes.has(told) ? stated && plainType(stated) : told;
}
