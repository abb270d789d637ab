/** Who changes something, and from where. */
export interface ChangeAuthor {
  /** `gateway`: it does so by itself, as its settings say. */
  readonly kind: 'api' | 'command-line' | 'gateway';
  readonly userId?: string | undefined;
  readonly accessTokenId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly clientAddress?: string | undefined;
}

/** Who has the terminal of the gateway's machine. */
export const commandLine: ChangeAuthor = { kind: 'command-line' };

export const gatewayItself: ChangeAuthor = { kind: 'gateway' };
