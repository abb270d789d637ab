import type { FrameSink } from '@tollgate/plugin-kit';

/** Writes the events of one stream and numbers them. */
export class EventWriter {
  private sequenceNumber = 0;

  constructor(private readonly out: FrameSink) {}

  event(type: string, members: object): void {
    this.raw(type, JSON.stringify(members).slice(1, -1));
  }

  /** @param membersJson the members as JSON without braces: what surrounds a delta is made once and not with each. */
  raw(type: string, membersJson: string): void {
    this.out.frame(`{"type":"${type}","sequence_number":${this.sequenceNumber++},${membersJson}}`, type);
  }
}
