import { z } from 'zod';
import { metricsType } from '../../modules/metrics/index.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';

/** Where Prometheus looks for it. Its configuration takes an access token as `authorization`. */
export const metricsPath = '/metrics';

export function metricsEndpoint(text: () => Promise<string>): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: metricsPath,
    title: 'The figures of this node for Prometheus',
    permission: 'metrics.read',
    response: z.string(),
    textType: metricsType,
    handle: () => text(),
  });
}
