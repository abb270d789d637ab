export const responsesDialectId = 'openai-responses';
