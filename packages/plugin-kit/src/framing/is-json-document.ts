/** True for the text of a whole JSON object or array, white space around it included. */
export function isJsonDocument(text: string): boolean {
  if (!startsLikeJson(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** True if the first visible character opens a JSON object or array. */
export function startsLikeJson(text: string): boolean {
  const start = text.trimStart();
  return start.startsWith('{') || start.startsWith('[');
}
