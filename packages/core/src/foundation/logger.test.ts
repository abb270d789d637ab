import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';

function capture(): { readonly lines: string[]; write(line: string): void } {
  const lines: string[] = [];
  return { lines, write: (line) => void lines.push(line) };
}

describe('logger', () => {
  it('hides credentials at the top of a line and one level below', () => {
    const output = capture();
    createLogger('info', output).info(
      { apiKey: 'sk-1', channel: { apiKey: 'sk-2' }, request: { headers: { authorization: 'sk-3' } } },
      'Sent.',
    );
    expect(output.lines.join()).not.toMatch(/sk-\d/);
    expect(output.lines.join()).toContain('Sent.');
  });

  it('hides what an error carries, and tells the rest of it', () => {
    const output = capture();
    createLogger('info', output).error({ err: Object.assign(new TypeError('It broke.'), { apiKey: 'sk-1', code: 'E_BROKE' }) }, 'Failed.');
    expect(JSON.parse(output.lines[0] ?? '')).toMatchObject({
      err: { type: 'TypeError', message: 'It broke.', code: 'E_BROKE', apiKey: '(hidden)' },
    });
  });

  it('leaves the facts themselves as they are', () => {
    const facts = { token: 'sk-1', channel: { name: 'main', secret: 'sk-2' } };
    const output = capture();
    createLogger('info', output).child(facts).info(facts, 'Sent.');
    expect(facts).toEqual({ token: 'sk-1', channel: { name: 'main', secret: 'sk-2' } });
    expect(output.lines.join()).toContain('"name":"main"');
    expect(output.lines.join()).not.toMatch(/sk-\d/);
  });

  it('keeps the facts of a child on each of its lines', () => {
    const output = capture();
    createLogger('info', output).child({ plugin: 'demo' }).warn({ hook: 'onSettled' }, 'Failed.');
    expect(JSON.parse(output.lines[0] ?? '')).toMatchObject({ plugin: 'demo', hook: 'onSettled', msg: 'Failed.' });
  });

  it('says nothing below its level', () => {
    const output = capture();
    createLogger('warn', output).info({}, 'Quiet.');
    expect(output.lines).toEqual([]);
  });
});
