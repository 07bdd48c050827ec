// The live page: a stream of events in, the list, its filters and the explanation out.
//
// The list shows what passes the filters, the newest first, 500 at most. The stream is closed while nobody looks at the
// page (browsers allow few connections to one server) and what was missed is asked for afterwards, by number.

import { card, explain, fold, haystack, language } from './alert.js';
import { Flow, element, number } from './charts.js';

const MOST = 500;
const LEVELS = ['high', 'medium', 'low'];
const at = (id) => document.getElementById(id);
const [list, detail, say] = [at('list'), at('detail'), at('say')];
const selects = { pack: at('pack'), level: at('level'), lang: at('lang'), source: at('source') };
const ALL = { pack: 'All packs', level: 'All levels', lang: 'All languages', source: 'All sources' };
const value = {
  pack: ({ alert }) => alert.pack,
  level: ({ alert }) => alert.level,
  lang: ({ alert }) => alert.post.lang,
  source: ({ alert }) => alert.post.source,
};

const flow = new Flow(at('flow'));
/** The newest first: `{ alert, text, item }`, the item only once it was shown. */
let entries = [];
let waiting = [];
let paused = false;
let opened = null;
let last = 0;
let skipped = 0;

// ── the list ──

const filters = () => ({
  words: fold(at('find').value).split(/\s+/).filter(Boolean),
  ...Object.fromEntries(Object.entries(selects).map(([name, select]) => [name, select.value])),
});

const passes = (entry, wanted) =>
  Object.keys(selects).every((name) => !wanted[name] || value[name](entry) === wanted[name])
  && wanted.words.every((word) => entry.text.includes(word));

const take = (alerts) => {
  const known = new Set([...entries, ...waiting].map(({ alert }) => alert.seq));
  const fresh = alerts.filter(({ seq }) => !known.has(seq)).map((alert) => ({ alert, text: haystack(alert), item: null }));
  if (!fresh.length) return;
  last = Math.max(last, ...fresh.map(({ alert }) => alert.seq));
  const newest = (a, b) => b.alert.seq - a.alert.seq;
  if (paused) {
    waiting = [...fresh, ...waiting].sort(newest).slice(0, MOST);
    showPause();
    return;
  }
  const begun = entries.length > 0;
  entries = [...fresh, ...entries].sort(newest).slice(0, MOST);
  show();
  if (begun) {
    for (const { item } of fresh) item?.classList.add('fresh');
    announceNew(fresh);
  }
};

/** Brings the list to what passes the filters, touching only what changes. */
const show = () => {
  const wanted = filters();
  const shown = entries.filter((entry) => passes(entry, wanted));
  const keep = new Set(shown.map(({ alert }) => String(alert.seq)));
  const lost = list.contains(document.activeElement) && !keep.has(document.activeElement.closest('li')?.dataset.seq);
  for (const item of [...list.children]) {
    if (!keep.has(item.dataset.seq)) item.remove();
  }
  let next = list.firstElementChild;
  for (const entry of shown) {
    if (!entry.item) entry.item = card(entry.alert, open);
    if (entry.item === next) next = next.nextElementSibling;
    else list.insertBefore(entry.item, next);
  }
  rove();
  if (lost) (list.querySelector('.open') ?? list).focus();
  const filtered = Object.values(wanted).some((one) => one.length);
  at('count').textContent = filtered ? `${shown.length} of ${entries.length}` : String(entries.length);
  at('clear').disabled = !filtered;
  at('empty').hidden = shown.length > 0;
  at('empty').textContent = entries.length
    ? 'No alert passes these filters.'
    : 'No alert yet. One appears here as soon as its record is durable.';
  offerChoices();
  return shown.length;
};

/** Exactly one alert is reached by Tab; arrows go to the others. */
const rove = (to = null) => {
  const buttons = [...list.querySelectorAll('.open')];
  const target = to ?? buttons.find((button) => button === document.activeElement) ?? buttons.find((button) => button.tabIndex === 0) ?? buttons[0];
  for (const button of buttons) {
    const index = button === target ? 0 : -1;
    if (button.tabIndex !== index) button.tabIndex = index;
  }
};

const offerChoices = () => {
  for (const [name, select] of Object.entries(selects)) {
    const counts = new Map();
    for (const entry of entries) counts.set(value[name](entry), (counts.get(value[name](entry)) ?? 0) + 1);
    // What is chosen stays, also when its last alert is gone.
    if (select.value && !counts.has(select.value)) counts.set(select.value, 0);
    const known = [...counts.keys()].sort((a, b) => (name === 'level' ? LEVELS.indexOf(a) - LEVELS.indexOf(b) : a.localeCompare(b)));
    const options = [['', ALL[name]], ...known.map((one) => [one, `${(name === 'lang' ? language(one) : one).slice(0, 60)} (${counts.get(one)})`])];
    const same = options.length === select.options.length && options.every(([key, text], index) => select.options[index].value === key && select.options[index].text === text);
    // A list that somebody holds open is left as it is.
    if (same || select === document.activeElement) continue;
    const chosen = select.value;
    select.replaceChildren(...options.map(([key, text]) => {
      const option = element('option', '', text);
      option.value = key;
      return option;
    }));
    select.value = chosen;
  }
};

// ── what a screen reader is told, at most every ten seconds ──

let [news, urgent, timer] = [0, 0, null];
const announceNew = (fresh) => {
  const wanted = filters();
  const seen = fresh.filter((entry) => passes(entry, wanted));
  news += seen.length;
  urgent += seen.filter(({ alert }) => alert.level === 'high').length;
  timer ??= setTimeout(() => {
    if (news) say.textContent = `${news} new ${news === 1 ? 'alert' : 'alerts'}${urgent ? `, ${urgent} high` : ''}`;
    [news, urgent, timer] = [0, 0, null];
  }, 10_000);
};

// ── the explanation ──

const buttonOf = (seq) => list.querySelector(`li[data-seq="${seq}"] .open`);

/** On a narrow page the explanation covers all else, also for Tab and for screen readers. */
const narrow = matchMedia('(max-width: 999px)');
const cover = () => {
  const covered = opened !== null && narrow.matches;
  for (const part of document.querySelectorAll('.skip, .top, #flow, .alerts, footer')) part.inert = covered;
  detail.setAttribute('aria-modal', String(covered));
};
narrow.addEventListener('change', cover);

const open = (alert, move = true) => {
  list.querySelector('.chosen')?.classList.remove('chosen');
  opened = alert;
  detail.hidden = false;
  at('desk').classList.add('split');
  const title = explain(detail, alert, close);
  const button = buttonOf(alert.seq);
  button?.closest('li').classList.add('chosen');
  if (button) rove(button);
  cover();
  if (move) title.focus();
};

const close = () => {
  if (!opened) return;
  const button = buttonOf(opened.seq) ?? list.querySelector('.open') ?? list;
  opened = null;
  detail.hidden = true;
  detail.replaceChildren();
  at('desk').classList.remove('split');
  list.querySelector('.chosen')?.classList.remove('chosen');
  cover();
  button.focus();
};

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.defaultPrevented) return;
  if (at('packs').open) {
    at('packs').open = false;
    at('packs-summary').focus();
  } else {
    close();
  }
});

list.addEventListener('animationend', (event) => event.target.classList.remove('fresh'));

list.addEventListener('keydown', (event) => {
  const buttons = [...list.querySelectorAll('.open')];
  const here = buttons.indexOf(document.activeElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + 5, PageUp: here - 5, Home: 0, End: buttons.length - 1 }[event.key];
  if (to === undefined || here < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const target = buttons[Math.min(buttons.length - 1, Math.max(0, to))];
  rove(target);
  target.focus();
  target.closest('li').scrollIntoView({ block: 'nearest' });
  if (opened) {
    const entry = entries.find(({ alert }) => String(alert.seq) === target.closest('li').dataset.seq);
    if (entry) open(entry.alert, false);
  }
});

// ── controls ──

const showPause = () => {
  at('pause').setAttribute('aria-pressed', String(paused));
  at('pause').textContent = !paused ? 'Pause' : waiting.length ? `Resume (${waiting.length} new)` : 'Resume';
};

at('pause').addEventListener('click', () => {
  paused = !paused;
  const held = waiting.map(({ alert }) => alert);
  waiting = [];
  showPause();
  if (!paused) take(held);
});

const remember = () => {
  const wanted = new URLSearchParams();
  if (at('find').value) wanted.set('find', at('find').value);
  for (const [name, select] of Object.entries(selects)) {
    if (select.value) wanted.set(name, select.value);
  }
  history.replaceState(null, '', wanted.size ? `#${wanted}` : location.pathname);
};

/** Filters of an address that somebody passed on. */
const recall = () => {
  const wanted = new URLSearchParams(location.hash.slice(1));
  at('find').value = wanted.get('find') ?? '';
  for (const [name, select] of Object.entries(selects)) {
    const chosen = wanted.get(name) ?? '';
    const option = element('option', '', chosen || ALL[name]);
    option.value = chosen;
    select.replaceChildren(option);
  }
};

const refilter = () => {
  const count = show();
  say.textContent = `${count} of ${entries.length} alerts`;
  remember();
};
at('filters').addEventListener('input', refilter);
at('filters').addEventListener('submit', (event) => event.preventDefault());
at('filters').addEventListener('reset', () => setTimeout(() => {
  // A form goes back to what stood there first; here that is nothing.
  at('find').value = '';
  for (const select of Object.values(selects)) select.value = '';
  refilter();
  at('find').focus();
}));

const THEMES = ['system', 'light', 'dark'];
const stored = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
};
const setTheme = (theme) => {
  document.documentElement.dataset.theme = theme;
  at('theme').textContent = `Theme: ${theme}`;
  try {
    localStorage.setItem('theme', theme);
  } catch {
    // Not remembered, then.
  }
};
at('theme').addEventListener('click', () => {
  setTheme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length]);
});
setTheme(THEMES.includes(stored('theme')) ? stored('theme') : 'system');

// ── how the process is ──

const health = (state, text) => {
  at('health').dataset.state = state;
  at('health-text').textContent = text;
};

let state = null;
const showState = () => {
  if (!state) return;
  health(state.ready ? 'well' : 'bad', state.ready ? 'Ready' : 'Not ready');
  at('missing').hidden = state.ready;
  at('missing').textContent = `Not ready: ${state.missing.join('; ')}`;
  at('pipeline').textContent = state.pipeline;
  document.title = `${state.pipeline} · undercurrent`;
  at('version').textContent = `undercurrent ${state.version}`;
  const { packs, since, last_failed_reload: failed, last_reload: reload } = state.packs;
  if (!Array.isArray(packs)) return;
  at('packs').hidden = false;
  const broken = failed && reload && failed.at === reload.at;
  at('packs-summary').textContent = `${packs.length} ${packs.length === 1 ? 'pack' : 'packs'}${broken ? ', last reload failed' : ''}`;
  at('packs').classList.toggle('warn', Boolean(broken));
  at('packs-caption').textContent = `In force since ${new Date(since).toLocaleString('sv-SE')}`;
  at('packs-failed').hidden = !broken;
  at('packs-failed').textContent = broken ? `The last reload failed: ${failed.message ?? 'see /packs'}. The packs of before stay in force.` : '';
  at('packs-rows').replaceChildren(...packs.map((pack) => {
    const row = element('tr');
    const name = element('th', '', pack.pack);
    name.scope = 'row';
    name.title = pack.title;
    const digest = element('code', '', pack.digest.replace(/^blake3:/, '').slice(0, 12));
    digest.title = pack.digest;
    const cell = element('td');
    cell.append(digest);
    row.append(name, element('td', '', pack.version), cell, element('td', '', String(pack.indicators)));
    return row;
  }));
};

// ── the stream ──

let stream = null;
let again = null;

const ask = async (path) => {
  const answer = await fetch(path, { cache: 'no-store' });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
};

/** What happened while no stream was open. */
const catchUp = async () => {
  try {
    const [alerts, history] = await Promise.all([ask(`alerts?limit=${MOST}&after=${last}`), ask('flow')]);
    flow.replace(history.samples);
    flow.draw();
    take(alerts.alerts);
    show();
  } catch {
    // The stream breaks too then, and tries again.
  }
};

const connect = () => {
  clearTimeout(again);
  stream?.close();
  stream = new EventSource('events');
  const on = (name, take) => stream.addEventListener(name, (event) => take(JSON.parse(event.data)));
  stream.addEventListener('open', catchUp);
  on('state', (told) => {
    state = told;
    showState();
  });
  on('flow', (sample) => {
    flow.add([sample]);
    flow.draw();
  });
  on('alerts', (told) => {
    skipped += told.skipped;
    at('skipped').hidden = skipped === 0;
    at('skipped').textContent = `${number(skipped)} alerts came faster than this page shows them. The alerts topic holds all.`;
    take(told.alerts);
  });
  stream.addEventListener('error', () => {
    health('wait', 'No connection, trying again');
    if (stream.readyState === EventSource.CLOSED) again = setTimeout(connect, 10_000);
  });
};

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    clearTimeout(again);
    stream?.close();
  } else {
    connect();
  }
});

recall();
show();
if (!document.hidden) connect();
