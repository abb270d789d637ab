/** Takes one frame: its data and, where the stream names its events, the event's name. */
export type OnFrame = (data: string, event: string | undefined) => void;

/** Finds the frames of one framing in text that is cut anywhere. */
export interface FrameReader {
  push(text: string): void;
  end(): void;
}
