/** What can be made; each has a folder of its name under `templates`. */
export const pluginKinds = ['provider', 'payment', 'hook'] as const;

export type PluginKind = (typeof pluginKinds)[number];

export function isPluginKind(text: string): text is PluginKind {
  return (pluginKinds as readonly string[]).includes(text);
}
