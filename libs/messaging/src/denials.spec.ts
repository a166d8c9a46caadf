import { Denials } from './denials';

const denied = (subject: string, operation: 'publish' | 'subscription' = 'publish') => ({ operation, subject });

function denials(user?: string) {
  const time = { ms: 0 };
  const lines: object[] = [];
  const clock = { nowMs: () => 0, monotonicMs: () => time.ms };
  return { time, lines, denials: new Denials(user, clock, { warn: (line: object) => lines.push(line) } as never) };
}

describe('denials', () => {
  it('are nothing to say as long as there are none', () => {
    expect(denials().denials.sentences()).toEqual([]);
  });

  it('name the subject, and the user where he has a name', () => {
    const [named, nameless] = [denials('clipper').denials, denials().denials];
    for (const each of [named, nameless]) each.note(denied('seguranca.record.clip.ready'));
    expect(named.sentences()).toEqual([
      'NATS does not let user "clipper" publish to seguranca.record.clip.ready: give him that permission ' +
        '(docs/operations.md, "NATS")',
    ]);
    expect(nameless.sentences()[0]).toContain(
      'NATS does not let us publish to seguranca.record.clip.ready: give us that permission',
    );
  });

  it('are over when a message to the subject went out, or when none was refused for three minutes', () => {
    const { denials: all, time } = denials();
    all.note(denied('a'));
    all.note(denied('b'));
    all.went('a');
    expect(all.sentences()).toHaveLength(1);
    time.ms = 179_000;
    expect(all.sentences()).toHaveLength(1);
    time.ms = 181_000;
    expect(all.sentences()).toEqual([]);
  });

  it('of inboxes and acknowledgements are one each, and a line a minute', () => {
    const { denials: all, lines, time } = denials();
    for (let i = 0; i < 1000; i++) {
      all.note(denied(`_INBOX.abc.${i}`));
      all.note(denied(`$JS.ACK.SEGURANCA_EVENTS.clipper-node1.1.${i}.${i}.5.0`));
      all.note(denied(`_INBOX.clipper.${i}`, 'subscription'));
    }
    expect(all.sentences().map((sentence) => sentence.split(':')[0])).toEqual([
      'NATS does not let us publish to _INBOX.>',
      'NATS does not let us publish to $JS.ACK.SEGURANCA_EVENTS.clipper-node1.>',
      'NATS does not let us subscribe to _INBOX.>',
    ]);
    expect(lines).toHaveLength(3);
    time.ms = 61_000;
    all.note(denied('_INBOX.abc.1'));
    expect(lines).toHaveLength(4);
  });

  it('of a subscription that its reader asks for again are its own to say', () => {
    const { denials: all } = denials();
    all.note(denied('seguranca.record.clip', 'subscription'));
    expect(all.sentences()).toEqual([]);
  });

  it('never hold more than a few, whatever comes', () => {
    const { denials: all } = denials();
    for (let i = 0; i < 1000; i++) all.note(denied(`subject.${i}`));
    expect(all.sentences().length).toBeLessThanOrEqual(20);
    expect(all.sentences().at(-1)).toContain('subject.999');
  });
});
