import { type Instructions, type JsonObject, withInstructions } from '@tollgate/plugin-kit';

/** Into `system`, which is a text or a list of text blocks. */
export function instruct(body: JsonObject, instructions: Instructions): void {
  body['system'] = withInstructions(body['system'], instructions, (text) => ({ type: 'text', text }));
}
