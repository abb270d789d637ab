const lengthMax = 2_000;

/** An upstream's message made fit for callers: no addresses, keys or account names, and no novels. */
export function redact(message: string): string {
  return message
    .slice(0, lengthMax)
    .replace(/\bhttps?:\/\/[^\s"')\]]+/gi, '[link]')
    .replace(/\bBearer\s+\S+/gi, '[key]')
    .replace(/\b(?:sk|pk|rk|gsk|xai|key)-[\w*.-]{4,}/gi, '[key]')
    .replace(/\b(?:org|proj|user)[-_][A-Za-z0-9]{8,}/g, '[account]');
}
