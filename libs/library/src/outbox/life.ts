/**
 * The life of a clip or a snapshot, from its claim to its message:
 *
 *     claimed --make--> made --store--> stored --announce--> over
 *
 * - claimed: the record says who asked, and for what. Nothing is lost any more. (A clip's record: `claimed`; a
 *   snapshot's: `claimed`, in the outbox.)
 * - made: the files are whole and durable. (`cut`; `taken`, in the outbox.)
 * - stored: the objects are verified in the store. (`uploaded`; a snapshot's record says `taken` still, because an
 *   upload costs little and is done again.)
 * - over: the message was sent, at least once. (`announced`; a snapshot's record now lies beside its picture.) Or there
 *   can never be one (`failed`), or it is part of another clip (`merged`).
 *
 * A kill may come anywhere. Whoever finds the record later brings it to its end from the stage that it says.
 */
export type Item<C, M, S, A> =
  | { stage: 'claimed'; record: C }
  | { stage: 'made'; record: M }
  | { stage: 'stored'; record: S }
  | { stage: 'over'; record: A };

/**
 * The steps of a worker. A step resolves once its work survives a kill, or would be found out again. An error ends the
 * run and leaves the record as it is.
 */
interface Steps<C, M, S, A> {
  make: (claimed: C) => Promise<M>;
  store: (made: M) => Promise<S>;
  announce: (stored: S) => Promise<A>;
}

/** Does the remaining steps. */
export async function bringToItsEnd<C, M, S, A>(item: Item<C, M, S, A>, steps: Steps<C, M, S, A>): Promise<A> {
  let at: Item<C, M, S, A> = item;
  for (;;) {
    switch (at.stage) {
      case 'claimed':
        at = { stage: 'made', record: await steps.make(at.record) };
        break;
      case 'made':
        at = { stage: 'stored', record: await steps.store(at.record) };
        break;
      case 'stored':
        at = { stage: 'over', record: await steps.announce(at.record) };
        break;
      case 'over':
        return at.record;
    }
  }
}
