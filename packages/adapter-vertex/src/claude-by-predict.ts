import { claudeCountTokens, claudeMessages } from '@tollgate/adapter-claude';
import { type Dialect, extendDialect, type JsonObject } from '@tollgate/plugin-kit';
import { vertexClaudeName } from './model-names.js';

const version = 'vertex-2023-10-16';

/** Claude's messages as `rawPredict` takes them: the address says the model. */
export const claudeByPredict: Dialect = extendDialect(claudeMessages, {
  id: 'vertex-claude',
  edits: {
    request(body) {
      delete body['model'];
      body['anthropic_version'] = version;
    },
  },
  // It opens no addresses.
  needsBytes: ({ media }) => media === 'image' || media === 'file',
});

/** Counting has one address for all models, so that the body says which. */
export const claudeCountByPredict: Dialect = extendDialect(claudeCountTokens, {
  id: 'vertex-claude-count-tokens',
  edits: {
    request(body: JsonObject) {
      if (typeof body['model'] === 'string') body['model'] = vertexClaudeName(body['model']);
      body['anthropic_version'] = version;
    },
  },
});
