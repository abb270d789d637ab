import { describe, expect, it } from 'vitest';
import { followedModels, modelDifference } from './followed-models.js';

const channel = { models: ['a', 'alias', 'old'], modelMapping: { alias: 'b' } };

describe('models that follow an upstream', () => {
  it('are compared by where they lead', () => {
    expect(modelDifference(channel, ['a', 'b', 'c'])).toEqual({ fresh: ['c'], gone: ['old'] });
  });

  it('keep what people have chosen: the first list changes nothing, later ones add what is new and take away what a sync has added', () => {
    const first = followedModels(channel, ['a', 'b', 'c'], undefined, true);
    expect(first).toMatchObject({ models: channel.models, added: [], removed: [] });
    const second = followedModels(channel, ['a', 'b', 'c', 'd'], first.finding, true);
    expect(second).toMatchObject({ models: ['a', 'alias', 'old', 'd'], added: ['d'], removed: [] });
    const third = followedModels({ ...channel, models: second.models }, ['b', 'c'], second.finding, true);
    expect(third).toMatchObject({ models: ['a', 'alias', 'old'], added: [], removed: ['d'] });
  });

  it('do not come back once people have taken them out', () => {
    const { finding } = followedModels({ models: ['a', 'd'], modelMapping: {} }, ['a', 'd'], { listed: ['a', 'd'], added: ['d'] }, true);
    expect(followedModels({ models: ['a'], modelMapping: {} }, ['a', 'd'], finding, true)).toMatchObject({ models: ['a'], added: [] });
  });

  it('are all of the upstream where the channel had none', () => {
    expect(followedModels({ models: [], modelMapping: {} }, ['a', 'b'], undefined, true).models).toEqual(['a', 'b']);
  });

  it('become the list where nothing is kept, other names for what is there aside', () => {
    expect(followedModels(channel, ['a', 'b', 'c'], undefined, false)).toMatchObject({
      models: ['a', 'alias', 'c'],
      added: ['c'],
      removed: ['old'],
    });
  });
});
