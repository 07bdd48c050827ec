// An alert as elements: its card in the list, and its whole explanation.
//
// What stands in an alert was written by strangers. It becomes text nodes and nothing else; no string is ever parsed as
// markup. Characters that could hide or reorder text are shown as small labels. Offsets count Unicode code points, which
// are not the units of JavaScript strings, so texts are walked as arrays of code points.

import { element, share } from './charts.js';

const STATES = {
  asserted: 'in the author’s own voice',
  forwarded: 'forwarded without a comment',
  attributed: 'given to somebody else',
  quoted: 'in quotation marks',
  distanced: 'given with doubt',
  denied: 'called false',
};
const STANCES = {
  asserts: 'pushes it in its own voice',
  relays: 'passes it on without distance',
  reports: 'says who says so',
  disputes: 'says that it is false',
};
const languages = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });
const moment = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/**
 * The direction that most letters of a text have. The browser's own guess takes the first strong character, and a flag
 * is one that runs to the right: many a post in Arabic begins with a flag.
 */
const direct = (into, excerpt) => {
  const letters = excerpt.parts.map(({ text }) => text).join(' ').slice(0, 2000).match(/\p{L}/gu) ?? [];
  const leftward = letters.filter((letter) => /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(letter));
  into.dir = leftward.length * 2 > letters.length ? 'rtl' : 'ltr';
  return into;
};

/** A language in words. */
export const language = (code) => {
  if (code === 'und') return 'unknown';
  try {
    return languages.of(code);
  } catch {
    return code;
  }
};

// ── text ──

// Controls, embeddings, overrides and isolates, zero-width and other characters without a look, tags. Joiners and the
// two direction marks are left: Arabic, Persian and emoji need them.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u115f\u1160\u180e\u200b\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/u;
const NAMES = {
  '\u001b': 'ESC', '\u00ad': 'SHY', '\u200b': 'ZWSP', '\u202a': 'LRE', '\u202b': 'RLE', '\u202c': 'PDF',
  '\u202d': 'LRO', '\u202e': 'RLO', '\u2060': 'WJ', '\u2066': 'LRI', '\u2067': 'RLI', '\u2068': 'FSI', '\u2069': 'PDI',
  '\ufeff': 'BOM',
};

/** Text into an element, with what hides made visible. */
const write = (into, text) => {
  let [plain, flag] = ['', false];
  for (const letter of text) {
    if (letter === '\r') continue;
    // The flags of England, Scotland and Wales are a black flag and tags.
    flag = letter === '\u{1f3f4}' || (flag && letter >= '\u{e0020}' && letter <= '\u{e007f}');
    if (flag || !HIDDEN.test(letter)) {
      plain += letter;
      continue;
    }
    into.append(plain);
    plain = '';
    const code = letter.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
    const label = element('bdi', 'hidden', NAMES[letter] ?? code);
    label.dir = 'ltr';
    label.title = `U+${code}, a character that cannot be seen`;
    into.append(label);
  }
  into.append(plain);
  return into;
};

/** Text of strangers inside our own: its direction stays its own. */
export const foreign = (text, className = '') => write(element('bdi', className), text ?? '');

/** Places of all hits in a field: code points, which hit, which of the two kinds. */
const places = (alert, field) => alert.hits.flatMap((hit, at) =>
  ['evidence', 'because'].flatMap((kind) =>
    hit[kind].filter((place) => place.field === field).map(({ start, end }) => ({ start, end, kind, at }))));

/** Writes code points `from` to `to` of a part with its places marked. */
const mark = (into, part, spots, from, to) => {
  const points = Array.from(part.text);
  const [first, last] = [Math.max(from, part.at), Math.min(to, part.at + points.length)];
  const within = spots.filter(({ start, end }) => start < last && end > first);
  const edges = new Set([first, last]);
  for (const { start, end } of within) {
    if (start > first) edges.add(start);
    if (end < last) edges.add(end);
  }
  const cuts = [...edges].sort((a, b) => a - b);
  cuts.slice(0, -1).forEach((start, index) => {
    const text = points.slice(start - part.at, cuts[index + 1] - part.at).join('');
    const here = within.filter((spot) => spot.start <= start && spot.end > start);
    if (!here.length) {
      write(into, text);
      return;
    }
    const made = element('mark', [...new Set(here.map(({ kind }) => kind))].join(' '));
    made.dataset.hits = [...new Set(here.map(({ at }) => at))].join(' ');
    into.append(write(made, text));
  });
};

const gap = (points) => element('span', 'gap', ` … ${points.toLocaleString('en')} characters left out … `);

/** A whole excerpt. */
const whole = (into, excerpt, spots) => {
  let end = 0;
  for (const part of excerpt.parts) {
    if (part.at > end) into.append(gap(part.at - end));
    mark(into, part, spots, 0, Infinity);
    end = part.at + Array.from(part.text).length;
  }
  if (end < excerpt.length) into.append(gap(excerpt.length - end));
  return into;
};

/** Some lines of an excerpt, with the first evidence in sight. */
const glimpse = (into, excerpt, spots) => {
  const evidence = spots.filter(({ kind }) => kind === 'evidence').map(({ start }) => start);
  const first = Math.min(...evidence, Infinity);
  const from = first > 140 && first !== Infinity ? first - 60 : 0;
  const part = excerpt.parts.find(({ at, text }) => at <= from && from <= at + text.length) ?? excerpt.parts[0];
  if (from > 0 || part.at > 0) into.append('… ');
  mark(into, part, spots, from, from + 420);
  return into;
};

// ── parts ──

const levelOf = (alert) => element('span', `level ${alert.level}`, alert.level);
const time = (text, format) => {
  const at = new Date(text);
  const made = element('time', '', Number.isNaN(at.getTime()) ? text : format.format(at));
  made.dateTime = text;
  made.title = text;
  return made;
};

const who = (post) => {
  const made = element('span', 'who');
  made.append(foreign(post.source, 'source'));
  const name = post.author ?? post.channel;
  if (name) made.append(' / ', foreign(name));
  return made;
};

/** What a search looks through. */
export const haystack = (alert) => {
  const { post } = alert;
  const texts = [post.title, post.text].flatMap((excerpt) => excerpt?.parts.map(({ text }) => text) ?? []);
  const names = [alert.pack, alert.alert, post.author, post.author_name, post.channel, post.forwarded_from, post.url, post.id, alert.stance];
  return fold([...texts, ...names, ...alert.hits.flatMap(({ id, title }) => [id, title])].join('\n'));
};
export const fold = (text) => text.normalize('NFKC').toLowerCase();

/** An alert in the list. `open` is called by click and by Enter. */
export const card = (alert, open) => {
  const item = element('li', `card ${alert.level}`);
  item.dataset.seq = alert.seq;
  const head = element('div', 'head');
  const button = element('button', 'open');
  button.type = 'button';
  button.tabIndex = -1;
  button.append(element('span', 'pack', alert.pack), element('span', 'slash', '/'), element('span', 'alert', alert.alert));
  button.setAttribute('aria-label', `${alert.pack}/${alert.alert}, ${alert.level}, score ${alert.score}, ${alert.stance}: explain`);
  const score = element('span', 'score');
  score.append(element('b', '', alert.score.toFixed(1)), share(alert.score, 100));
  score.title = 'score: the strength of the match';
  const stance = element('span', 'stance', alert.stance);
  stance.title = `the text ${STANCES[alert.stance]}`;
  head.append(levelOf(alert), button, stance, score, time(alert.raised_at, clock));
  const body = element('div', 'words');
  if (alert.post.title) {
    const title = element('p', 'title');
    body.append(glimpse(direct(title, alert.post.title), alert.post.title, places(alert, 'title')));
  }
  const text = element('p', 'text');
  body.append(glimpse(direct(text, alert.post.text), alert.post.text, places(alert, 'text')));
  const foot = element('p', 'foot');
  const hits = alert.hits.filter(({ kept }) => kept > 0).map(({ id, kept }) => `${id} ${kept}`).join(' · ');
  foot.append(who(alert.post), element('span', 'lang', language(alert.post.lang)), time(alert.post.published_at, moment), element('span', 'hits', hits));
  item.append(head, body, foot);
  button.addEventListener('click', (event) => {
    event.stopPropagation();
    open(alert);
  });
  item.addEventListener('click', () => {
    // Who marks words to copy them does not ask for the explanation.
    if (!String(getSelection())) open(alert);
  });
  return item;
};

/** A link only where it leads to the web; else its text. */
const link = (address) => {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    // No address: shown as it stands.
  }
  if (!url || !['http:', 'https:'].includes(url.protocol)) return foreign(address, 'address');
  const made = element('a', 'address', url.href);
  made.href = url.href;
  made.target = '_blank';
  made.rel = 'noopener noreferrer nofollow';
  return made;
};

const rows = (pairs) => {
  const list = element('dl');
  for (const [name, ...values] of pairs.filter(([, ...values]) => values.some((value) => value))) {
    const value = element('dd');
    value.append(...values.filter((one) => one));
    list.append(element('dt', '', name), value);
  }
  return list;
};

/** Words at a place, from its excerpt or as they came along. */
const wordsAt = (alert, place) => {
  if (place.exact !== undefined) return place.exact;
  const excerpt = place.field === 'title' ? alert.post.title : alert.post.text;
  const part = excerpt?.parts.find(({ at, text }) => at <= place.start && place.start < at + text.length);
  if (!part) return '';
  const points = Array.from(part.text).slice(place.start - part.at, place.end - part.at);
  return points.length > 80 ? `${points.slice(0, 80).join('')}…` : points.join('');
};

const quoted = (alert, list, className) => {
  const made = element('span');
  const seen = new Set();
  for (const place of list) {
    const words = wordsAt(alert, place).trim();
    if (!words || seen.has(words)) continue;
    seen.add(words);
    if (seen.size > 12) {
      made.append(' …');
      break;
    }
    if (seen.size > 1) made.append(' ');
    const word = element('mark', className);
    word.append(foreign(words));
    made.append(word);
    if (!['title', 'text'].includes(place.field)) made.append(element('small', '', ` ${place.field}`));
  }
  return seen.size ? made : null;
};

const hitRow = (alert, hit, at) => {
  const item = element('li', 'hit');
  item.dataset.hit = at;
  const head = element('div', 'hit-head');
  const points = element('span', 'points');
  points.append(element('span', 'full', String(hit.points)), element('span', 'arrow', ' → '), element('b', '', String(hit.kept)));
  points.setAttribute('aria-label', `${hit.points} points, ${hit.kept} kept`);
  head.append(element('span', 'hit-title', hit.title), points);
  const state = element('p', 'state');
  state.append(`${STATES[hit.state] ?? hit.state}`);
  if (hit.speaker) state.append(', spoken by ', foreign(hit.speaker));
  const ids = element('p', 'ids');
  ids.append(element('code', '', hit.id));
  if (hit.disarm.length) ids.append(' · DISARM ', element('code', '', hit.disarm.join(' ')));
  item.append(head, share(hit.kept, hit.points), state, rows([
    ['found', quoted(alert, hit.evidence, 'evidence')],
    ['because of', quoted(alert, hit.because, 'because')],
    ['note', hit.notes.length ? foreign(hit.notes.join('; ')) : null],
  ]), ids);
  return item;
};

/** The whole explanation of an alert, into `root`. */
export const explain = (root, alert, close) => {
  const { post, origin } = alert;
  const head = element('div', 'detail-head');
  const title = element('h2');
  title.id = 'detail-title';
  title.tabIndex = -1;
  title.append(levelOf(alert), ` ${alert.pack}/${alert.alert}`);
  const shut = element('button', 'close', 'Close');
  shut.type = 'button';
  shut.addEventListener('click', close);
  head.append(title, shut);

  const sum = element('p', 'sum');
  sum.append(element('b', 'big', alert.score.toFixed(1)), ' of 100. The text ', element('b', '', alert.stance), `: it ${STANCES[alert.stance]}.`);
  if (alert.points !== alert.score) sum.append(` In its author’s own voice it would be ${alert.points.toFixed(1)}.`);

  const text = element('div', 'whole');
  if (post.title) {
    const heading = element('h3');
    text.append(whole(direct(heading, post.title), post.title, places(alert, 'title')));
  }
  const body = element('p', 'text');
  text.append(whole(direct(body, post.text), post.text, places(alert, 'text')));
  const key = element('p', 'key');
  key.append(element('mark', 'evidence', 'evidence'), ' ', element('mark', 'because', 'decides whose claim it is'));

  const hits = element('ol', 'hits');
  hits.append(...alert.hits.map((hit, at) => hitRow(alert, hit, at)));
  const light = (at) => {
    for (const made of text.querySelectorAll('mark')) {
      made.classList.toggle('lit', at !== null && made.dataset.hits.split(' ').includes(at));
    }
  };
  hits.addEventListener('pointerover', (event) => light(event.target.closest('.hit')?.dataset.hit ?? null));
  hits.addEventListener('pointerleave', () => light(null));

  const lang = post.lang_declared ? [language(post.lang), ' (declared: ', foreign(post.lang_declared), ')'] : [language(post.lang)];
  const about = rows([
    ['author', post.author && foreign(post.author), post.author_name && ' ', post.author_name && foreign(post.author_name, 'dim')],
    ['channel', post.channel && foreign(post.channel)],
    ['forwarded from', post.forwarded_from && foreign(post.forwarded_from)],
    ['source', foreign(post.source), `, ${post.kind}`],
    ['language', ...lang],
    ['published', time(post.published_at, moment), post.published_at_from === 'record' && ' (the Kafka record’s time)'],
    ['edited', post.edited_at && time(post.edited_at, moment)],
    ['address', post.url && link(post.url)],
    ['links', ...post.links.flatMap((address) => [link(address), element('br')])],
    ['post', foreign(post.id, 'code')],
  ]);
  const from = rows([
    ['read from', element('code', '', `${origin.topic} / ${origin.partition} / ${origin.offset}`), ' (topic, partition, offset)'],
    ['pack', `${alert.pack_title}, ${alert.version}`],
    ['digest', element('code', '', alert.digest)],
    ['raised', time(alert.raised_at, moment), ` by undercurrent ${alert.engine}`],
    ['alert', element('code', '', alert.id)],
  ]);
  const part = (name) => element('h3', 'part', name);
  root.replaceChildren(head, sum, text, key, part(`Why ${alert.score.toFixed(1)}`), hits, part('The post'), about, part('Where it comes from'), from);
  root.scrollTop = 0;
  // Of a long text, what was found is what one came for.
  const first = text.querySelector('mark.evidence');
  if (first) text.scrollTop = first.offsetTop - text.offsetTop - 90;
  return title;
};
