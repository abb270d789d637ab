import { dialects } from '../../relay/dialects.js';
import { capabilities } from '../capabilities.js';
import { agentCells } from './agent-cells.js';
import { answerCell, type Way } from './answer-cells.js';
import { answerCapabilities } from './answers.js';
import type { Cell } from './cell.js';
import { brokenStreamCell, refusalCell, refusals } from './error-cells.js';
import { libraryCells, type LibraryCell } from './library-cells.js';
import { sideOperationCell, sideOperations } from './operation-cells.js';
import { type OwnLanguageCell, ownLanguageCells } from './own-language-cells.js';
import { requestCell } from './request-cells.js';
import { sealCell, sealedPlaces } from './seal-cells.js';

export const areas = ['asked', 'answered', 'sealed', 'failed', 'besides'] as const;

export type Area = (typeof areas)[number];

/** What becomes of one capability between a client's dialect and an upstream's. */
export interface MatrixCell extends Cell {
  readonly client: string;
  readonly upstream: string;
  readonly area: Area;
  readonly capability: string;
  /** Of answers, which travel in two ways. */
  readonly way?: Way;
}

export interface Matrix {
  readonly dialects: readonly string[];
  readonly cells: readonly MatrixCell[];
  /** Of upstreams in languages that no client speaks. */
  readonly ownLanguages: readonly OwnLanguageCell[];
  readonly libraries: readonly LibraryCell[];
  readonly agents: readonly LibraryCell[];
}

const pairs = dialects.flatMap((client) => dialects.map((upstream) => ({ client, upstream })));

/** Runs every check. */
export async function matrix(): Promise<Matrix> {
  return {
    dialects: dialects.map(({ id }) => id),
    cells: translationCells(),
    ownLanguages: ownLanguageCells(),
    libraries: await libraryCells(),
    agents: agentCells(),
  };
}

export function translationCells(): readonly MatrixCell[] {
  return pairs.flatMap(({ client, upstream }) => {
    const cell = (area: Area, capability: string, found: Cell, way?: Way): MatrixCell => ({
      client: client.id,
      upstream: upstream.id,
      area,
      capability,
      ...(way === undefined ? {} : { way }),
      ...found,
    });
    return [
      ...capabilities.map((capability) => cell('asked', capability.title, requestCell(capability, client, upstream))),
      ...answerCapabilities.flatMap((capability) =>
        (['whole', 'streamed'] as const).map((way) =>
          cell('answered', capability.title, answerCell(capability, client, upstream, way), way),
        ),
      ),
      ...sealedPlaces.map((place) => cell('sealed', place, sealCell(place, client, upstream))),
      ...refusals.map((refusal) => cell('failed', refusal.title, refusalCell(refusal, client, upstream))),
      cell('failed', 'answer that breaks off', brokenStreamCell(client, upstream)),
      ...sideOperations.map((side) => cell('besides', side.title, sideOperationCell(side, client.id, upstream.id))),
    ];
  });
}
