const lengthMax = 2_000;

/** An upstream's message made fit for callers: no addresses, keys or account names, and no novels. */
export function redact(message: string): string {
  return (
    message
      .slice(0, lengthMax)
      .replace(/\bhttps?:\/\/[^\s"')\]]+/gi, '[link]')
      .replace(/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '[address]')
      .replace(/\bBearer\s+\S+/gi, '[key]')
      .replace(/\b(?:sk|pk|rk|gsk|xai)-[\w*.-]{4,}|\bkey-[\w*.-]{16,}|\bAIza[\w-]{20,}/gi, '[key]')
      // Accounts have digits in their names; fields of a request such as user_location have none.
      .replace(/\b(?:org|proj|user)[-_](?=[A-Za-z]*\d)[A-Za-z0-9]{8,}/g, '[account]')
  );
}
