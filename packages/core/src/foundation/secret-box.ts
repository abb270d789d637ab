import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { ConfigurationError } from './errors.js';

const version = 'box1';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Keeps credentials unreadable at rest: AES-256-GCM under a key derived from the master secret. Each text is bound to its context (where it
 * is stored), so that a sealed text copied to another place does not open there.
 */
export class SecretBox {
  readonly #key: Uint8Array;
  readonly #fingerprintKey: Uint8Array;

  constructor(masterSecret: string) {
    this.#key = new Uint8Array(hkdfSync('sha256', masterSecret, '', 'tollgate secret-box 1', 32));
    this.#fingerprintKey = new Uint8Array(hkdfSync('sha256', masterSecret, '', 'tollgate secret-box fingerprint 1', 32));
  }

  /** The same for the same text and context, and of no use to whoever does not have the master secret: tells equal secrets unopened. */
  fingerprint(plain: string, context: string): string {
    return createHmac('sha256', this.#fingerprintKey).update(`${context.length}:${context}${plain}`).digest('base64url');
  }

  /** `box1.` and the base64url of nonce, tag and ciphertext. */
  seal(plain: string | Uint8Array, context: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(context));
    const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
    return `${version}.${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url')}`;
  }

  /** @throws ConfigurationError naming the context, if the text was not sealed there under this master secret. */
  open(sealed: string, context: string): string {
    return this.openBytes(sealed, context).toString('utf8');
  }

  /** What was sealed as bytes. @throws ConfigurationError naming the context, if it was not sealed there under this master secret. */
  openBytes(sealed: string, context: string): Buffer {
    const [prefix, encoded] = sealed.split('.', 2);
    const bytes = Buffer.from(encoded ?? '', 'base64url');
    if (prefix !== version || bytes.length < nonceBytes + tagBytes)
      throw new ConfigurationError(`The secret of ${context} is stored in an unknown form.`);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
    } catch {
      throw new ConfigurationError(`The secret of ${context} cannot be decrypted: TOLLGATE_SECRET is not the one it was encrypted with.`);
    }
  }
}
