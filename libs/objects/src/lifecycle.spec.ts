import type { LifecycleRule } from 'minio';
import { expiryRules, isInForce, soonerRule, type RuleScope } from './lifecycle';

const whole: RuleScope = { nodeId: 'node1', prefix: '' };
const site1: RuleScope = { nodeId: 'jetson1', prefix: 'site1/' };
const site2: RuleScope = { nodeId: 'jetson2', prefix: 'site2/' };
const rule = (ID: string, prefix: string, days: number): LifecycleRule => ({
  ID,
  Status: 'Enabled',
  Filter: { Prefix: prefix },
  Expiration: { Days: days },
});
const old = (days: number): LifecycleRule => rule('video-recorder-expire', '', days);
const foreign = rule('of the backup', 'backup/', 400);
/** The rules as a server keeps them that takes no rule for uploads. */
const after = (existing: LifecycleRule[], scope: RuleScope, days: number): LifecycleRule[] =>
  expiryRules(existing, scope, days)[1] ?? [];
const shown = (rules: LifecycleRule[]) =>
  rules.map(({ ID, Filter, Expiration }) => [
    ID,
    typeof Filter === 'object' ? Filter.Prefix : Filter,
    Expiration?.Days,
  ]);

describe('expiry rules', () => {
  it('of two nodes stand beside each other, and beside those of others', () => {
    const both = after(after([foreign], site1, 90), site2, 30);
    expect(shown(both)).toEqual([
      ['of the backup', 'backup/', 400],
      ['video-recorder-expire:jetson1:site1', 'site1/', 90],
      ['video-recorder-expire:jetson2:site2', 'site2/', 30],
    ]);
    expect([isInForce(both, site1, 90), isInForce(both, site2, 30), isInForce(both, site1, 30)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([soonerRule(both, site1, 90), soonerRule(both, site2, 30)]).toEqual([undefined, undefined]);
  });

  it('have a name for each node and prefix, whatever is in theirs', () => {
    expect(after(after([], site1, 90), { ...site2, nodeId: 'jetson1' }, 30)).toHaveLength(2);
    expect(after(after([], { nodeId: 'a-b', prefix: '' }, 90), { nodeId: 'a', prefix: 'b/' }, 30)).toHaveLength(2);
  });

  it('of an older version become ours where we have the whole bucket', () => {
    expect(isInForce([old(90)], whole, 90)).toBe(false);
    expect(shown(after([foreign, old(90)], whole, 90))).toEqual([
      ['of the backup', 'backup/', 400],
      ['video-recorder-expire:node1', '', 90],
    ]);
  });

  it('of an older version end what lies outside our prefix, and nothing of ours early', () => {
    const first = after([old(30)], site1, 90);
    expect(shown(first)).toEqual([
      ['video-recorder-expire', '', 90],
      ['video-recorder-expire:jetson1:site1', 'site1/', 90],
    ]);
    const second = after(first, site2, 30);
    expect(shown(second)[0]).toEqual(['video-recorder-expire:jetson1:site1', 'site1/', 90]);
    expect(shown(second).find(([id]) => id === 'video-recorder-expire')?.[2]).toBe(90);
    expect([isInForce(second, site1, 90), isInForce(second, site2, 30), isInForce(second, site1, 120)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('of others that end ours early are named, the soonest', () => {
    const rules = [
      ...after([], site1, 90),
      rule('short', '', 7),
      rule('shorter', 'site1/', 3),
      rule('elsewhere', 'site2/', 1),
      { ...rule('off', '', 1), Status: 'Disabled' },
    ];
    expect(soonerRule(rules, site1, 90)).toEqual({ id: 'shorter', days: 3 });
    expect(soonerRule([rule('video-recorder-expire:node2', '', 30)], whole, 90)).toEqual({
      id: 'video-recorder-expire:node2',
      days: 30,
    });
  });

  it('are read as servers give them back', () => {
    const own = rule('video-recorder-expire:node1', '', 90);
    for (const Filter of ['', undefined, {}])
      expect(isInForce([{ ...own, Filter } as LifecycleRule], whole, 90)).toBe(true);
    expect(
      isInForce(
        [{ ...rule('video-recorder-expire:jetson1:site1', '', 90), Filter: undefined, Prefix: 'site1/' }],
        site1,
        90,
      ),
    ).toBe(true);
  });
});
