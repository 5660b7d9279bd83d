import { compile } from '../../src/evaluation/compile';
import { parseConfig } from '../../src/model/parse-config';

describe('a setting that only serves another value', () => {
  const rule = (value: string) => ({
    c: [{ u: { a: 'Email', c: 2, l: ['@x.com'] } }],
    s: { v: { s: value }, i: 'r' },
  });
  const options = (share: number) => [
    { p: share, v: { s: 'some' }, i: 'p' },
    { p: 100 - share, v: { s: 'others' }, i: 'q' },
  ];
  const served = (s: string, i = 'i') => ({ v: { s }, i });
  /** Both orders of members: that of ConfigCat, and values first. */
  const orders: readonly [string, (value: object, more: object) => object][] = [
    ['behind its rules', (value, more) => ({ t: 1, ...more, ...value })],
    ['in front of its rules', (value, more) => ({ t: 1, ...value, ...more })],
  ];
  const follow = (before: object | string, after: object | string) => {
    const write = (setting: object | string) =>
      `{"f":{"a":${typeof setting === 'string' ? setting : JSON.stringify(setting)},"same":{"t":0,"v":{"b":true}}}}`;
    const old = compile([parseConfig(write(before))]);
    const setting = old.get('a')!;
    const same = old.get('same')!;
    const now = compile([parseConfig(write(after))], old);
    const alone = compile([parseConfig(write(after))]);
    const withoutMemory = ({ attributes, rules, choice, ...rest }: typeof setting) => ({
      ...rest,
      attributes: attributes?.names,
      // Computations are numbered as they are compiled.
      compiled: JSON.stringify({ rules, choice }, (name, value: unknown) => {
        if (typeof value === 'function') return value.name;
        return name === 'computation' ? undefined : value;
      }),
    });
    expect(now.get('same')).toBe(same);
    // Whatever is taken over, it is as if there had been nothing before.
    expect(withoutMemory(now.get('a')!)).toEqual(withoutMemory(alone.get('a')!));
    return { before: setting, after: now.get('a')! };
  };

  describe.each(orders)('%s', (_, write) => {
    it('keeps the compiled rules and options', () => {
      const more = { r: [rule('x')], p: options(20) };
      const { before, after } = follow(write(served('a'), more), write(served('b "],\\"v\\":{'), more));
      expect(after).not.toBe(before);
      expect(after.rules).toBe(before.rules);
      expect(after.choice).toBe(before.choice);
      expect(after).toMatchObject({ isKnown: false, last: undefined, otherwise: { value: 'b "],\\"v\\":{' } });
    });

    it('takes the variation ID, too', () => {
      const { before, after } = follow(
        write(served('a'), { r: [rule('x')] }),
        write(served('a', 'j'), { r: [rule('x')] }),
      );
      expect(after.rules).toBe(before.rules);
      expect(after.otherwise).toMatchObject({ value: 'a', variationId: 'j' });
    });

    it.each<[string, object, object]>([
      ['a rule', { r: [rule('x')] }, { r: [rule('y')] }],
      ['an option', { r: [rule('x')], p: options(20) }, { r: [rule('x')], p: options(30) }],
      ['an attribute that is hashed', { a: 'Country', r: [rule('x')] }, { a: 'Email', r: [rule('x')] }],
      ['one more rule', { r: [rule('x')] }, { r: [rule('x'), rule('y')] }],
      ['no rules any more', { r: [rule('x')] }, {}],
      ['its first rules', {}, { r: [rule('x')] }],
    ])('does not when there is %s', (_case, one, other) => {
      const { before, after } = follow(write(served('a'), one), write(served('b'), other));
      expect(after.rules).not.toBe(before.rules);
    });
  });

  it.each([
    ['another value in front', '{"t":1,"v":{"s":"#"},"i":"i","r":[],"v":{"s":"later"},"i":"later"}'],
    ['another value behind options', '{"t":1,"v":{"s":"#"},"i":"i","r":[],"p":[],"v":{"s":"later"}}'],
    ['a variation ID in front', '{"t":1,"i":"first","r":[],"v":{"s":"#"}}'],
    ['a variation ID behind', '{"t":1,"v":{"s":"#"},"r":[],"i":"later"}'],
    ['no variation ID', '{"t":1,"r":[],"v":{"s":"#"}}'],
    ['options behind its value', '{"t":1,"r":[],"v":{"s":"#"},"i":"i","p":[{"p":100,"v":{"s":"#"},"i":"#"}]}'],
    ['options between', '{"t":1,"v":{"s":"#"},"i":"i","p":[{"p":100,"v":{"s":"#"},"i":"#"}],"r":[]}'],
    ['its attribute behind', '{"t":1,"r":[],"v":{"s":"x"},"i":"i","a":"#"}'],
    ['its attribute between', '{"t":1,"v":{"s":"x"},"i":"i","a":"#","r":[]}'],
    ['its rules twice', '{"t":1,"r":[],"v":{"s":"#"},"i":"i","r":[{"c":[],"s":{"v":{"s":"#"}}}]}'],
    ['a type of two digits', '{"t":12,"v":{"s":"#"},"i":"i","r":[]}'],
    ['values of several types', '{"t":1,"v":{"b":true,"s":"#"},"i":"i","r":[]}'],
    ['a value of another type', '{"t":1,"v":{"b":true},"i":"#","r":[]}'],
    ['nothing but a value', '{"t":1,"v":{"s":"#"}}'],
  ])('is not mistaken about %s', (_, setting) => {
    const { after } = follow(setting.replaceAll('#', 'one'), setting.replaceAll('#', 'another'));
    expect(after).toBeDefined();
    follow(setting.replaceAll('#', 'one'), setting.replaceAll('"i"', '"I"'));
    follow(`{"t":1,"v":{"s":"x"},"i":"i","r":[]}`, setting);
    follow(setting, `{"t":1,"r":[],"v":{"s":"x"},"i":"i"}`);
  });

  it('is not mistaken about another type', () => {
    const write = (type: number) => `{"t":${type},"i":"i","v":{"s":"x"}}`;
    expect(follow(write(1), write(0)).after.type).toBe('boolean');
  });

  it('compiles anew what depends on other settings or segments', () => {
    const flag = (i: string) => ({
      t: 0,
      r: [{ c: [{ s: { s: 0, c: 0 } }], s: { v: { b: true } } }],
      v: { b: false },
      i,
    });
    const document = (i: string, name: string) => JSON.stringify({ s: [{ n: name }], f: { a: flag(i) } });
    const old = compile([parseConfig(document('i', 'Beta'))]);
    const before = old.get('a')!;
    expect(compile([parseConfig(document('j', 'Gamma'))], old).get('a')!.rules).not.toBe(before.rules);
  });
});
