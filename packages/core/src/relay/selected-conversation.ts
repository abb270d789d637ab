import { conversationOf, type routingSettings, type SelectedConversation } from '../modules/routing/index.js';
import type { SettingsValues } from '../modules/settings/index.js';
import type { RelayCall } from './relay-call.js';

type ConversationCall = Pick<RelayCall, 'facts' | 'session' | 'body' | 'json' | 'dialect'> & {
  readonly principal: Pick<RelayCall['principal'], 'userId'>;
};

/** What the call goes on with, as selecting a channel takes it; undefined where nothing tells. */
export function selectedConversation(
  { principal, facts, session, body, json, dialect }: ConversationCall,
  settings: SettingsValues<typeof routingSettings>,
): SelectedConversation | undefined {
  const number = conversationOf(
    {
      userId: principal.userId,
      model: facts.model,
      promptCacheKey: facts.promptCacheKey,
      sessionHeader: session,
      endUser: facts.endUser,
      promptBytes: body.length,
      opening: () => dialect.client.opening?.(json),
    },
    settings,
  );
  return number === undefined ? undefined : { number, minutes: settings.conversationMinutes, loadMax: settings.conversationLoadMax };
}
