import { characterKinds, type ImageFacts, type TokenFamily } from '../../token-family.js';
import { insist } from '../insist.js';
import { runPurely } from '../run-purely.js';

/** No tokenizer makes more of one UTF-16 unit than its bytes. */
const tokensPerUnitMax = 3;
/** Vendors add instructions, not books. */
const unseenTokensMax = 5_000;
/** The dearest image that any vendor counts is far below. */
const imageTokensMax = 100_000;
const mediaTokensMax = 100_000;

const images: readonly ImageFacts[] = [
  {},
  { detail: 'low' },
  { detail: 'high' },
  { width: 1, height: 1 },
  { width: 640, height: 480 },
  { width: 20_000, height: 10 },
  { width: 4_000, height: 4_000, detail: 'unheard-of' },
];

/** Insists that families can be told apart and that what they weigh can be. */
export function checkTokenFamilies(families: readonly TokenFamily[]): void {
  const ids = families.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  insist(twice === undefined, `The family ${twice} is declared twice.`);
  for (const family of families) {
    insist(/^[a-z0-9][a-z0-9-]*$/.test(family.id), `The id "${family.id}" must be lower-case letters, digits and hyphens.`);
    checkPatterns(family);
    checkWeights(family);
    checkMedia(family);
    checkTokenizer(family);
  }
}

function checkPatterns({ id, models }: TokenFamily): void {
  insist(models.length > 0, `The family ${id} has no models.`);
  for (const pattern of models) {
    insist(pattern instanceof RegExp, `The family ${id} names models by something that is no regular expression.`);
    // Such a pattern remembers where it found something, and misses every second model.
    insist(!pattern.global && !pattern.sticky, `The family ${id} has the pattern ${String(pattern)}: leave g and y out.`);
    insist(!pattern.test(''), `The family ${id} has the pattern ${String(pattern)}, which claims a model without a name.`);
  }
}

function checkWeights({ id, weights, field, unseen = {} }: TokenFamily): void {
  for (const name of ['word', ...characterKinds] as const)
    insist(isBetween(weights[name], tokensPerUnitMax), `The family ${id} weighs ${name} with ${String(weights[name])}.`);
  // A kind that costs nothing lets any amount of it through what is held for a call.
  for (const kind of characterKinds) insist(weights[kind] > 0, `The family ${id} weighs ${kind} with nothing.`);
  insist(isBetween(field, tokensPerUnitMax), `The family ${id} weighs a field with ${field}.`);
  for (const [name, tokens] of Object.entries(unseen))
    insist(isBetween(tokens, unseenTokensMax), `The family ${id} adds ${String(tokens)} unseen tokens (${name}).`);
}

/** Whether it can be loaded shows where it is installed. */
function checkTokenizer({ id, tokenizer }: TokenFamily): void {
  if (tokenizer === undefined) return;
  insist(tokenizer.id !== '' && tokenizer.module !== '', `The family ${id} has a tokenizer without id or module.`);
  insist(URL.canParse(tokenizer.from), `The family ${id} has a tokenizer that is imported from "${tokenizer.from}": use import.meta.url.`);
  structuredClone(tokenizer);
}

function checkMedia({ id, media = {} }: TokenFamily): void {
  const { image, ...others } = media;
  for (const facts of image === undefined ? [] : images) {
    const tokens = runPurely(`${id}: media.image`, () => image?.(facts));
    insist(isBetween(tokens, imageTokensMax), `The family ${id} weighs the image ${JSON.stringify(facts)} with ${String(tokens)}.`);
  }
  for (const [name, tokens] of Object.entries(others))
    insist(isBetween(tokens, mediaTokensMax), `The family ${id} has ${name} ${String(tokens)}.`);
}

function isBetween(figure: unknown, most: number): boolean {
  return typeof figure === 'number' && figure >= 0 && figure <= most;
}
