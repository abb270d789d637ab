import { expect, it } from 'vitest';
import { type Channel, defaultChannelOptions } from '../channels/index.js';
import { testProvider } from '../channels/test-provider.js';
import { dueTests } from './channel-tests.js';
import { dueChannels } from './model-sync.js';

const hourMs = 3_600_000;
const models = { request: () => ({ method: 'GET', url: 'https://a.example', headers: {} }), read: () => [] } as const;
const channel = (id: string, fields: Partial<Channel> = {}): Channel =>
  ({ id, adapter: { ...testProvider, models }, options: defaultChannelOptions, ...fields }) as Channel;

it('asks channels again after the hours that are set, and new ones at once', () => {
  const channels = [
    channel('new'),
    channel('asked'),
    channel('due'),
    channel('own-way', { options: { ...defaultChannelOptions, syncModels: false } }),
    channel('listless', { adapter: testProvider }),
  ];
  const now = 100 * hourMs;
  const findings = [
    { channelId: 'asked', at: now - 6 * hourMs + 1 },
    { channelId: 'due', at: now - 6 * hourMs },
  ];
  expect(dueChannels(channels, findings, 6, now).map(({ id }) => id)).toEqual(['new', 'due']);
  expect(dueChannels(channels, findings, 5, now).map(({ id }) => id)).toEqual(['new', 'asked', 'due']);
});

it('tests channels again after the minutes that are set, those that wait longest first', () => {
  const now = 1_000 * 60_000;
  const findings = [
    { channelId: 'a', at: now - 5 * 60_000 },
    { channelId: 'b', at: now - 9 * 60_000 },
    { channelId: 'c', at: now - 5 * 60_000 + 1 },
  ];
  const channels = ['a', 'b', 'c', 'new'].map((id) => channel(id));
  expect(dueTests(channels, findings, 5, now).map(({ id }) => id)).toEqual(['new', 'b', 'a']);
});
