/** Of this release, as others are told it. */
export const version = '0.1.0';
