import type { ServerResponse } from 'node:http';
import { setImmediate as nextTick } from 'node:timers/promises';
import { type Cut, type CutBody, cutBody, cutPath, parseCut } from './cut.js';
import { type Fixture, fixtureNamed } from './fixtures.js';
import { listenLocally, readRequest, type RecordedRequest } from './local-server.js';
import { wireResponseOf } from './wire.js';

/** A stand-in for vendors that answers what was recorded: `/fx/<folder>/<name>[@<response>]/[cut-<mode>/]…` picks the answer. */
export interface ReplayUpstream {
  /** Everything asked so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Where a channel finds the fixture: the base URL in the form that its provider wants. */
  baseUrl(fixture: Fixture, options?: { readonly response?: number; readonly cut?: Cut }): string;
  close(): Promise<void>;
}

const wholeFrames: Cut = { mode: 'frames' };

interface Choice {
  readonly fixture: Fixture;
  readonly response: number;
  readonly cut: Cut;
}

export async function startReplayUpstream(): Promise<ReplayUpstream> {
  const requests: RecordedRequest[] = [];
  const upstream = await listenLocally((request, response) => {
    void readRequest(request)
      .then((recorded) => {
        requests.push(recorded);
        return replay(choiceOf(recorded.path), response);
      })
      .catch((error: unknown) => response.destroy(error as Error));
  });
  return {
    requests,
    baseUrl: (fixture, { response = 0, cut = wholeFrames } = {}) => {
      const place = `${upstream.url}/fx/${fixture.file}${response === 0 ? '' : `@${response}`}/${cutPath(cut)}`;
      return fixture.dialect.startsWith('openai') ? `${place}/v1` : place;
    },
    close: () => upstream.close(),
  };
}

function choiceOf(path: string): Choice {
  const [, , folder = '', name = '', part = ''] = path.split('/');
  const [file = '', response = '0'] = decodeURIComponent(name).split('@');
  return { fixture: fixtureNamed(`${folder}/${file}`), response: Number(response), cut: parseCut(part) ?? wholeFrames };
}

async function replay({ fixture, response: index, cut }: Choice, response: ServerResponse): Promise<void> {
  const { status, headers, body } = wireResponseOf(fixture, index);
  response.socket?.setNoDelay(true);
  response.writeHead(status, headers);
  await writePieces(cutBody(body, cut), response);
}

/** Writes piece by piece, each in a tick of its own so that the kernel does not join them. */
async function writePieces({ pieces, ending }: CutBody, response: ServerResponse): Promise<void> {
  for (const piece of pieces) {
    if (response.destroyed) return;
    response.write(piece);
    await nextTick();
  }
  if (ending === 'end') response.end();
  else if (ending === 'destroy') response.socket?.end(() => response.destroy());
}
