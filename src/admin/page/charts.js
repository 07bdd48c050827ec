// Small charts of the flow: lines for rates and lags, bars for what is rare and counted.
//
// A chart draws an SVG path from at most 120 bins and says in words what it shows; under the pointer it says the value
// at that moment. Names of topics come from outside and are only ever text.

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT] = [240, 48];

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** A number for a narrow place. */
export const number = (value) => {
  if (value >= 10_000) return compact.format(value);
  if (value >= 100 || Number.isInteger(value)) return whole.format(Math.round(value));
  return value.toFixed(value >= 10 ? 0 : 1);
};

/** An element with a class and text. */
export const element = (name, className = '', text = '') => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

const drawn = (name, attributes) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

/** A bar as long as a share; what it says stands beside it as a number. */
export const share = (part, whole) => {
  const made = drawn('svg', { class: 'share', viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  const wide = whole > 0 ? Math.min(100, Math.max(0, (part / whole) * 100)) : 0;
  made.append(drawn('rect', { class: 'rest', width: 100, height: 4 }), drawn('rect', { class: 'part', width: wide, height: 4 }));
  return made;
};

class Chart {
  constructor(title, unit, bars) {
    Object.assign(this, { title, unit, bars, series: [], hover: null });
    this.root = element('figure', 'chart');
    const head = element('figcaption');
    this.value = element('span', 'value', '–');
    this.aside = element('span', 'aside');
    this.peak = element('span', 'peak');
    head.append(element('span', 'title', title), this.peak, this.value, this.aside);
    this.svg = drawn('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' });
    this.legend = element('ul', 'legend');
    this.root.append(head, this.svg, this.legend);
    this.svg.addEventListener('pointermove', (event) => {
      const box = this.svg.getBoundingClientRect();
      this.hover = (event.clientX - box.left) / box.width;
      this.say();
    });
    this.svg.addEventListener('pointerleave', () => {
      this.hover = null;
      this.say();
    });
  }

  /** `series`: names with a value (or null) for each bin; `span`: first and last moment. */
  show({ series, span, value, aside, minutes }) {
    Object.assign(this, { series, span, now: [value, aside] });
    const all = series.flatMap(({ values }) => values).filter((one) => one !== null);
    const top = Math.max(...all, 0);
    const scale = top > 0 ? (HEIGHT - 4) / top : 0;
    const paths = series.map(({ values }, at) => this.bars
      ? drawn('path', { d: bars(values, scale), class: `fill s${at}` })
      : drawn('path', { d: line(values, scale), class: `stroke s${at}` }));
    if (!this.bars && series.length === 1) {
      paths.unshift(drawn('path', { d: area(series[0].values, scale), class: 'area s0' }));
    }
    this.cross = drawn('line', { y1: 0, y2: HEIGHT, class: 'cross', visibility: 'hidden' });
    this.svg.replaceChildren(drawn('line', { x1: 0, x2: WIDTH, y1: HEIGHT - 1, y2: HEIGHT - 1, class: 'base' }), ...paths, this.cross);
    const most = `at most ${number(top)} ${this.unit}`;
    this.svg.setAttribute('aria-label', `${this.title}, last ${minutes} minutes: now ${value}, ${most}`);
    this.peak.textContent = top > 0 ? `peak ${number(top)}` : '';
    this.say();
  }

  say() {
    if (!this.now) return;
    let [value, aside] = this.now;
    if (this.hover !== null && this.series.length) {
      const bins = this.series[0].values.length;
      const at = Math.min(bins - 1, Math.max(0, Math.floor(this.hover * bins)));
      const total = this.series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0);
      const [first, last] = this.span;
      value = number(total);
      aside = `${this.unit}, ${clock.format(first + ((at + 0.5) / bins) * (last - first))}`;
      const x = ((at + 0.5) / bins) * WIDTH;
      this.cross.setAttribute('x1', x);
      this.cross.setAttribute('x2', x);
      this.cross.setAttribute('visibility', 'visible');
    } else {
      this.cross?.setAttribute('visibility', 'hidden');
    }
    this.value.textContent = value;
    this.aside.textContent = aside;
  }
}

const x = (at, values) => (((at + 0.5) / values.length) * WIDTH).toFixed(1);
const y = (value, scale) => (HEIGHT - 2 - value * scale).toFixed(1);

// A second without a sample is no gap; more than three bins are.
const line = (values, scale) => {
  let [path, last] = ['', -9];
  values.forEach((value, at) => {
    if (value === null) return;
    path += `${at - last > 3 ? 'M' : 'L'}${x(at, values)} ${y(value, scale)}`;
    last = at;
  });
  return path;
};

const area = (values, scale) => {
  const known = values.map((value, at) => [value, at]).filter(([value]) => value !== null);
  if (!known.length) return '';
  const points = known.map(([value, at]) => `L${x(at, values)} ${y(value, scale)}`).join('');
  return `M${x(known[0][1], values)} ${HEIGHT - 1}${points}L${x(known.at(-1)[1], values)} ${HEIGHT - 1}Z`;
};

const bars = (values, scale) => {
  const wide = WIDTH / values.length;
  return values.map((value, at) => {
    if (!value) return '';
    const high = Math.max(2, value * scale);
    return `M${(at * wide + wide * 0.1).toFixed(1)} ${HEIGHT - 1}v${(-high).toFixed(1)}h${(wide * 0.8).toFixed(1)}v${high.toFixed(1)}Z`;
  }).join('');
};

/** All charts below `root`; `add` takes samples, `draw` shows them. */
export class Flow {
  samples = [];

  constructor(root) {
    this.charts = {
      received: new Chart('Received', 'a second', false),
      scored: new Chart('Scored', 'a second', false),
      dead_letters: new Chart('Dead letters', 'records', true),
      alerts: new Chart('Alerts', 'alerts', true),
      lag: new Chart('Lag', 'records', false),
    };
    this.charts.lag.root.classList.add('wide');
    this.charts.dead_letters.root.classList.add('bad');
    root.append(...Object.values(this.charts).map((chart) => chart.root));
  }

  /** Takes samples, each once, in the order of their time. */
  add(samples) {
    const last = this.samples.at(-1)?.at ?? 0;
    const newer = samples.filter(({ at }) => at > last);
    this.samples = this.samples.concat(newer).slice(-600);
  }

  /** Takes a whole history in place of what is known. */
  replace(samples) {
    this.samples = samples.slice(-600);
  }

  draw() {
    const last = this.samples.at(-1);
    if (!last) return;
    const age = (last.at - this.samples[0].at) / 60_000;
    const minutes = [2, 5, 10].find((most) => age <= most) ?? 10;
    const span = [last.at - minutes * 60_000, last.at];
    const seen = this.samples.filter(({ at }) => at >= span[0]);
    for (const name of ['received', 'scored']) {
      const rates = this.binned(seen, span, 120, (now, before) => grown(now, before, name) / ((now.at - before.at) / 1000), mean);
      const recent = seen.slice(-6);
      const seconds = (last.at - recent[0].at) / 1000;
      const rate = seconds > 0 ? grown(last, recent[0], name) / seconds : 0;
      this.charts[name].show({ series: [{ values: rates }], span, minutes, value: number(rate), aside: `a second · ${number(last[name])} in all` });
    }
    for (const name of ['dead_letters', 'alerts']) {
      const counts = this.binned(seen, span, 60, (now, before) => grown(now, before, name), sum);
      const minute = seen.find(({ at }) => at >= last.at - 60_000) ?? last;
      this.charts[name].show({ series: [{ values: counts }], span, minutes, value: number(last[name]), aside: `${number(grown(last, minute, name))} in the last minute` });
    }
    this.drawLag(seen, span, last, minutes);
  }

  drawLag(seen, span, last, minutes) {
    const topics = Object.entries(last.lag).sort(([a], [b]) => a.localeCompare(b));
    // Four lines can be told apart; the rest is one more.
    const named = topics.length > 5 ? [...topics].sort((a, b) => b[1] - a[1]).slice(0, 4).map(([topic]) => topic) : topics.map(([topic]) => topic);
    const lines = named.map((topic) => ({ name: topic, of: ({ lag }) => lag[topic] ?? 0 }));
    if (topics.length > named.length) {
      const others = topics.map(([topic]) => topic).filter((topic) => !named.includes(topic));
      lines.push({ name: `${others.length} others`, of: ({ lag }) => others.reduce((all, topic) => all + (lag[topic] ?? 0), 0) });
    }
    const series = lines.map(({ name, of }) => ({ name, values: this.binned(seen, span, 120, of, mean) }));
    const total = topics.reduce((all, [, records]) => all + records, 0);
    const chart = this.charts.lag;
    chart.show({ series, span, minutes, value: number(total), aside: topics.length ? 'records behind' : 'no topic yet' });
    chart.legend.replaceChildren(...lines.map(({ name, of }, at) => {
      const item = element('li');
      const label = element('bdi', '', name);
      label.title = name;
      item.append(element('span', `swatch s${at}`), label, element('b', '', number(of(last))));
      return item;
    }));
  }

  binned(samples, [first, last], bins, value, fold) {
    const found = Array.from({ length: bins }, () => []);
    samples.forEach((now, at) => {
      const before = samples[at - 1];
      if (value.length > 1 && !before) return;
      const bin = Math.min(bins - 1, Math.floor(((now.at - first) / (last - first)) * bins));
      found[bin].push(value(now, before));
    });
    return found.map((values) => (values.length ? fold(values) : null));
  }
}

// A counter that fell began anew.
const grown = (now, before, name) => Math.max(0, now[name] - before[name]);
const sum = (values) => values.reduce((all, one) => all + one, 0);
const mean = (values) => sum(values) / values.length;
