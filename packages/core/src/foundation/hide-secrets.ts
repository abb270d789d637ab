const hidden = '(hidden)';
/** Shorter ones would take words apart that have nothing to do with them. */
const secretLengthMin = 4;

/** The text with every one of the secrets taken out, as it is or as it stands in a URL. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets) {
    if (secret.length < secretLengthMin) continue;
    for (const spelling of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
      shown = shown.replaceAll(spelling, hidden);
    }
  }
  return shown;
}
