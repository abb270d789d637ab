/** Of this release, as others are told it. */
export const version = '0.1.0';

/** What the gateway calls itself at upstreams. */
export const userAgent = `tollgate/${version}`;
