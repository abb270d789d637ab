/** Who makes models. */
export interface Vendor {
  readonly id: string;
  readonly name: string;
  /** A name of an icon, or its address. */
  readonly icon?: string;
  readonly description?: string;
  readonly createdAt: number;
}
