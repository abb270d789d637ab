import { describe, expect, it } from 'vitest';
import { modelListing } from './model-listing.js';

const model = { id: 'claude-a', createdAt: 0, owner: 'claude' };

describe('modelListing', () => {
  it('lists models on one page', () => {
    expect(modelListing.encodeList([model, { ...model, id: 'claude-b' }])).toEqual({
      data: [
        { type: 'model', id: 'claude-a', display_name: 'claude-a', created_at: '1970-01-01T00:00:00.000Z' },
        { type: 'model', id: 'claude-b', display_name: 'claude-b', created_at: '1970-01-01T00:00:00.000Z' },
      ],
      has_more: false,
      first_id: 'claude-a',
      last_id: 'claude-b',
    });
  });

  it('has no first and last id when there is nothing to list', () => {
    expect(modelListing.encodeList([])).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });

  it('knows its clients by the header that all of them send', () => {
    const query = new URLSearchParams();
    expect(modelListing.recognises?.({ 'anthropic-version': '2023-06-01' }, query)).toBe(true);
    expect(modelListing.recognises?.({ authorization: 'Bearer x' }, query)).toBe(false);
  });
});
