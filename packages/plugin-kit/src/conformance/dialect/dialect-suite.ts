import type { Dialect } from '../../dialect.js';
import { operationOf } from '../../operations.js';
import type { Check, Missing, Suite } from '../check.js';
import type { Recording } from '../fixtures/recordings.js';
import { clientAnswerChecks } from './client-answer-checks.js';
import { clientRequestChecks } from './client-request-checks.js';
import { isServed } from './client-requests.js';
import { declarationChecks } from './declaration-checks.js';
import { junkChecks, junkStreamChecks } from './junk-checks.js';
import { operationChecks } from './operation-checks.js';
import { answerChecks, pairChecks, streamChecks } from './recorded-checks.js';
import { requestChecks } from './request-checks.js';
import { sealChecks } from './seal-checks.js';

export interface DialectEvidence {
  /** Answers of the vendor; those in other dialects are left aside. */
  readonly recordings?: readonly Recording[];
  /** Other numbers, other generated cases; the same number, the same ones. */
  readonly seed?: number;
}

/** What every dialect promises, by itself and on what its vendor was heard to say. */
export function dialectSuite(dialect: Dialect, { recordings = [], seed = 1 }: DialectEvidence = {}): Suite {
  const subject = `dialect ${dialect.id}`;
  const own = recordings.filter((recording) => recording.dialect === dialect.id);
  const answers = own.filter(({ kind }) => kind === 'answer');
  const streams = own.filter(({ kind }) => kind === 'stream');
  const isStreamed = operationOf(dialect) === 'generate';
  const isPassed = operationOf(dialect) === 'passed';
  return {
    name: dialect.id,
    checks: [
      ...declarationChecks(subject, dialect),
      ...junkChecks(subject, dialect, answers, seed),
      ...(isStreamed ? generationChecks(subject, dialect, streams, seed) : isPassed ? [] : operationChecks(subject, dialect)),
      ...(isPassed ? [] : answers).flatMap((recording) => answerChecks(subject, dialect, recording)),
      ...streams.flatMap((recording) => streamChecks(subject, dialect, recording, seed)),
      ...pairsOf(answers, streams).flatMap(([answer, stream]) => pairChecks(subject, dialect, answer, stream)),
    ],
    missing: missingEvidence(subject, dialect, answers, streams),
  };
}

function generationChecks(subject: string, dialect: Dialect, streams: readonly Recording[], seed: number): readonly Check[] {
  return [
    ...requestChecks(subject, dialect, seed),
    ...sealChecks(subject, dialect),
    ...junkStreamChecks(subject, dialect, streams, seed),
    ...(isServed(dialect) ? [...clientRequestChecks(subject, dialect, seed), ...clientAnswerChecks(subject, dialect)] : []),
  ];
}

function pairsOf(answers: readonly Recording[], streams: readonly Recording[]): readonly (readonly [Recording, Recording])[] {
  return answers.flatMap((answer) => {
    const stream = streams.find(({ name }) => name === answer.name);
    return stream === undefined ? [] : [[answer, stream] as const];
  });
}

function missingEvidence(
  subject: string,
  dialect: Dialect,
  answers: readonly Recording[],
  streams: readonly Recording[],
): readonly Missing[] {
  // What only passes has no codec that a recording could prove.
  if (operationOf(dialect) === 'passed') return [];
  const missing: Missing[] = [];
  const folder = `__fixtures__/${dialect.id}`;
  if (answers.length === 0) missing.push({ subject, level: 'silver', remedy: `Record a whole answer: ${folder}/hello.json` });
  if (operationOf(dialect) !== 'generate') return missing;
  if (streams.length === 0) missing.push({ subject, level: 'silver', remedy: `Record a streamed answer: ${folder}/hello.stream.txt` });
  if (pairsOf(answers, streams).length === 0) {
    missing.push({
      subject,
      level: 'gold',
      remedy: `Record one answer both ways, under one name: ${folder}/hello.json and ${folder}/hello.stream.txt`,
    });
  }
  return missing;
}
