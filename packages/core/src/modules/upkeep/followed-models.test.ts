import { describe, expect, it } from 'vitest';
import { followedModels, type ModelListFinding, modelDifference } from './followed-models.js';

const channel = { models: ['a', 'alias', 'old'], modelMapping: { alias: 'b' } };

/** A channel whose upstream is asked again and again, and whose models people change in between. */
class Following {
  models: readonly string[];
  #finding: ModelListFinding | undefined;

  constructor(models: readonly string[]) {
    this.models = models;
  }

  lists(...listed: readonly string[]): readonly string[] | undefined {
    const followed = followedModels({ models: this.models, modelMapping: {} }, listed, this.#finding, true);
    if (followed === undefined) return undefined;
    this.#finding = followed.finding;
    this.models = followed.models;
    return followed.models;
  }
}

describe('models that follow an upstream', () => {
  it('are compared by where they lead', () => {
    expect(modelDifference(channel, ['a', 'b', 'c'])).toEqual({ fresh: ['c'], gone: ['old'] });
  });

  it('keep what people have chosen: the first list changes nothing, later ones add what is new and take away what a sync has added', () => {
    const first = followedModels(channel, ['a', 'b', 'c'], undefined, true);
    expect(first).toMatchObject({ models: channel.models, added: [], removed: [] });
    const second = followedModels(channel, ['a', 'b', 'c', 'd'], first?.finding, true);
    expect(second).toMatchObject({ models: ['a', 'alias', 'old', 'd'], added: ['d'], removed: [] });
    const models = second?.models ?? [];
    const third = followedModels({ ...channel, models }, ['b', 'c'], second?.finding, true);
    expect(third).toMatchObject({ models, added: [], removed: [] });
    const fourth = followedModels({ ...channel, models }, ['b', 'c'], third?.finding, true);
    expect(fourth).toMatchObject({ models: ['a', 'alias', 'old'], added: [], removed: ['d'] });
  });

  it('stay out where somebody has left them out, though the upstream lists them for once not', () => {
    const following = new Following(['a']);
    following.lists('a', 'x');
    following.lists('a');
    expect(following.lists('a', 'x')).toEqual(['a']);
    following.models = ['a', 'x'];
    following.lists('a', 'x');
    following.models = ['a'];
    following.lists('a');
    expect(following.lists('a', 'x')).toEqual(['a']);
  });

  it('stay out where somebody has taken them out while the upstream did not list them', () => {
    const following = new Following(['a', 'b']);
    following.lists('a', 'b');
    following.lists('a', 'b', 'd');
    following.lists('a');
    following.models = ['a'];
    following.lists('a');
    expect(following.lists('a', 'b', 'd')).toEqual(['a']);
  });

  it('that a sync has added outlive one incomplete list, and come back with the upstream where two lacked them', () => {
    const following = new Following(['a']);
    following.lists('a');
    expect(following.lists('a', 'd', 'e')).toEqual(['a', 'd', 'e']);
    expect(following.lists('a', 'd')).toEqual(['a', 'd', 'e']);
    expect(following.lists('a', 'e')).toEqual(['a', 'd', 'e']);
    following.lists('a');
    expect(following.lists('a')).toEqual(['a']);
    expect(following.lists('a', 'd', 'e')).toEqual(['a', 'd', 'e']);
  });

  it('are never all taken away', () => {
    const before = { listed: ['a'], added: ['d'], leftOut: ['a'], offered: ['d'] };
    expect(followedModels({ models: ['d'], modelMapping: {} }, ['a'], before, true)).toBeUndefined();
    const olderBefore = { listed: ['a', 'd'], added: ['d'] };
    expect(followedModels({ models: ['d'], modelMapping: {} }, ['a'], olderBefore, true)).toMatchObject({ models: ['d'], removed: [] });
  });

  it('do not come back once people have taken them out', () => {
    const before = { listed: ['a', 'd'], added: ['d'] };
    const followed = followedModels({ models: ['a', 'd'], modelMapping: {} }, ['a', 'd'], before, true);
    const again = followedModels({ models: ['a'], modelMapping: {} }, ['a', 'd'], followed?.finding, true);
    expect(again).toMatchObject({ models: ['a'], added: [] });
  });

  it('are all of the upstream where the channel had none', () => {
    expect(followedModels({ models: [], modelMapping: {} }, ['a', 'b'], undefined, true)?.models).toEqual(['a', 'b']);
  });

  it('become the list where nothing is kept, other names for what is there aside', () => {
    expect(followedModels(channel, ['a', 'b', 'c'], undefined, false)).toMatchObject({
      models: ['a', 'alias', 'c'],
      added: ['c'],
      removed: ['old'],
    });
  });
});
