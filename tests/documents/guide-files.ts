/** A file that a guide tells its readers to write. */
export interface GuideFile {
  readonly path: string;
  readonly text: string;
}

/** The files of a guide: code blocks whose fence names one after its language. Blocks of one file follow each other in it. */
export function guideFiles(markdown: string): readonly GuideFile[] {
  const files = new Map<string, string>();
  for (const [, path = '', text = ''] of markdown.matchAll(/^```\w+ (\S+)\n([^]*?)^```$/gm))
    files.set(path, (files.get(path) ?? '') + text);
  return [...files].map(([path, text]) => ({ path, text }));
}
