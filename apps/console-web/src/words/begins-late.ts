const SAME_INSTANT_SECONDS = 0.5;

interface Asked {
  start: number;
  end: number;
}

/** All that a clip lacks lies at its beginning: the camera was not recorded yet, as in the first minute of a demo. */
export function beginsLate({ start, gaps = [] }: Asked & { gaps?: readonly Asked[] }): boolean {
  const [first, ...others] = gaps;
  return first !== undefined && others.length === 0 && first.start <= start + SAME_INSTANT_SECONDS;
}
