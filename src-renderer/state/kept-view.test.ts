import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createView, readView, type Memory } from './kept-view.ts';
import { defaultView, type ViewState } from './view.ts';

const NAME = 'capsule-desktop.view';

/** Memory that outlives the page. */
function memoryWith(text: string | null): Memory & { readonly text: () => string | null } {
  const kept = new Map(text === null ? [] : [[NAME, text]]);
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
    text: () => kept.get(NAME) ?? null,
  };
}

const left: ViewState = {
  place: 'capsules',
  scheme: 'dark',
  filter: 'clock',
  sortColumn: 'name',
  sortDescending: true,
  grouped: false,
  collapsed: ['supervisor'],
  selected: ['a', 'b'],
  openLog: 'a',
  tableShare: 40,
  logMode: 'stderr',
  wrap: true,
  times: 'local',
  capsule: 'supervisor',
};

describe('the view that is kept', () => {
  it('comes back as it was left', () => {
    const memory = memoryWith(null);
    createView(memory).setState(left);
    expect(createView(memory).getState()).toEqual(left);
  });

  it('is the default at the first start, which writes nothing', () => {
    const memory = memoryWith(null);
    expect(createView(memory).getState()).toEqual(defaultView);
    expect(memory.text()).toBeNull();
  });

  it('is written with its version, and nothing but its own fields', () => {
    const memory = memoryWith(null);
    createView(memory).setState({ ...left, stranger: 1 } as ViewState);
    expect(JSON.parse(memory.text() ?? '')).toEqual({ state: left, version: 1 });
  });

  it('is read from what versions before kept, which was the bare state, and is written anew', () => {
    const memory = memoryWith(JSON.stringify(left));
    expect(createView(memory).getState()).toEqual(left);
    expect(JSON.parse(memory.text() ?? '')).toEqual({ state: left, version: 1 });
  });

  it('is read from a later version as far as it is known', () => {
    const state = { ...left, scheme: 'sepia', wrap: 'at words', later: 1 };
    expect(createView(memoryWith(JSON.stringify({ state, version: 2 }))).getState()).toEqual({
      ...left,
      scheme: defaultView.scheme,
      wrap: defaultView.wrap,
    });
  });

  const nonsense = { place: 'moon', selected: [1], tableShare: 900, wrap: 'yes', grouped: null, stranger: 1 };
  it.each([
    '',
    '7',
    'null',
    '[]',
    '{"state":',
    '{"state":null,"version":1}',
    '{"state":[1],"version":"one"}',
    '{"version":1}',
    '{"__proto__":{"place":"capsules"}}',
    JSON.stringify(nonsense),
    JSON.stringify({ state: nonsense, version: 1 }),
  ])('is the default when memory holds %s, and is kept from then on', (text) => {
    const memory = memoryWith(text);
    const view = createView(memory);
    expect(view.getState()).toEqual(defaultView);
    view.setState({ wrap: true });
    expect(createView(memory).getState()).toEqual({ ...defaultView, wrap: true });
  });

  it.each<[keyof ViewState, readonly unknown[], readonly unknown[]]>([
    ['place', ['processes', 'capsules'], ['', 'moon', null]],
    ['scheme', ['auto', 'light', 'dark'], ['', 'sepia']],
    ['logMode', ['stdout', 'stderr', 'both'], ['', 'stdin']],
    ['times', ['off', 'relative', 'local'], ['', 'utc']],
    ['tableShare', [15, 50, 85], [14.9, 85.1, '50', Number.NaN, null]],
    ['selected', [[], ['a', 'b']], ['a', ['a', 1], [1], {}, { length: 0 }]],
    ['filter', ['', 'x'], [1, null]],
    ['wrap', [true, false], [0, 'true']],
  ])('takes of %s what it can be, and the default for anything else', (field, good, bad) => {
    expect(good.map((value) => readView({ [field]: value })[field])).toEqual(good);
    expect(bad.map((value) => readView({ [field]: value })[field])).toEqual(
      bad.map(() => defaultView[field]),
    );
  });

  it.each([undefined, null, 7, 'text', () => 0])('is the default for %s', (kept) => {
    expect(readView(kept)).toEqual(defaultView);
  });

  it('shows at the first start all processes by start, both streams of a log, and no times', () => {
    expect(defaultView).toEqual({
      place: 'processes',
      scheme: 'auto',
      filter: '',
      sortColumn: 'startedAt',
      sortDescending: false,
      grouped: true,
      collapsed: [],
      selected: [],
      openLog: '',
      tableShare: 55,
      logMode: 'both',
      wrap: false,
      times: 'off',
      capsule: '',
    });
  });

  it('never fails and is always a view, whatever memory holds', () => {
    const field = fc.constantFrom(...Object.keys(defaultView));
    const state = fc.dictionary(field, fc.jsonValue());
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      state.map((one) => JSON.stringify(one)),
      fc.record({ state, version: fc.jsonValue() }).map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(text, (kept) => {
        const view = createView(memoryWith(kept)).getState();
        expect(readView(view)).toEqual(view);
        expect(Object.keys(view).sort()).toEqual(Object.keys(defaultView).sort());
      }),
    );
  });

  it('works without a memory', () => {
    const fail = vi.fn<() => never>(() => {
      throw new Error('forbidden');
    });
    const view = createView({ getItem: fail, setItem: fail, removeItem: fail });
    expect(view.getState()).toEqual(defaultView);
    view.setState({ wrap: true });
    expect(view.getState().wrap).toBe(true);
    expect(fail).toHaveBeenCalledTimes(2);
  });
});
