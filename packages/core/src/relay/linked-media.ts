import type { Block, CanonicalRequest, LinkedMedia, MediaBlock, TextBlock, UpstreamSide } from '@tollgate/plugin-kit';

/** What an address brought. */
export interface FetchedMedia {
  readonly mimeType: string;
  readonly base64: string;
}

/** Media of a request that the upstream wants as bytes although the caller gave an address; undefined, and cheap, where there are none. */
export function mediaToFetch(request: CanonicalRequest, upstream: UpstreamSide): LinkedMedia[] | undefined {
  let found: LinkedMedia[] | undefined;
  const look = (block: Block): void => {
    if (block.type === 'tool-result') block.content.forEach(look);
    if (block.type !== 'media') return;
    const linked = linkOf(block);
    if (linked !== undefined && upstream.needsBytes?.(linked) === true) (found ??= []).push(linked);
  };
  for (const { blocks } of request.turns) for (const block of blocks) look(block);
  return found;
}

/** The request with bytes in the place of the addresses that were fetched, where the upstream wants bytes. */
export function withFetchedMedia(
  request: CanonicalRequest,
  fetched: ReadonlyMap<string, FetchedMedia> | undefined,
  upstream: UpstreamSide,
): CanonicalRequest {
  if (fetched === undefined) return request;
  const filled = <Kind extends Block>(block: Kind): Kind | MediaBlock => {
    const linked = block.type === 'media' ? linkOf(block) : undefined;
    const media = linked && upstream.needsBytes?.(linked) === true ? fetched.get(linked.url) : undefined;
    return block.type !== 'media' || media === undefined ? block : filledBlock(block, media);
  };
  const inside = (block: Block): Block =>
    block.type === 'tool-result' ? { ...block, content: block.content.map((part: TextBlock | MediaBlock) => filled(part)) } : filled(block);
  return { ...request, turns: request.turns.map((turn) => ({ ...turn, blocks: turn.blocks.map(inside) })) };
}

/** A file that turns out to be a picture is one: addresses do not always tell what is behind them. */
function filledBlock(block: MediaBlock, { mimeType, base64 }: FetchedMedia): MediaBlock {
  const family = mimeType.split('/', 1)[0];
  const isNearer = block.media === 'file' && (family === 'image' || family === 'audio' || family === 'video');
  return { ...block, media: isNearer ? family : block.media, mimeType, source: { base64 } };
}

function linkOf({ media, source, mimeType }: MediaBlock): LinkedMedia | undefined {
  if (!('url' in source)) return undefined;
  return { media, url: source.url, ...(mimeType === undefined ? {} : { mimeType }) };
}
