'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const element = (id) => document.getElementById(id);
  const ROW = 26; // the height of a row, as in the style
  const MARGIN = 8; // rows that are drawn beyond those seen

  // Text from strangers: controls and what turns the direction of writing are
  // shown rather than obeyed. It is only ever set as text, never as markup.
  const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
  const show = (text) =>
    String(text).replace(CONTROLS, (it) => '\\u{' + it.codePointAt(0).toString(16) + '}');

  const make = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const foreign = (text) => make('bdi', show(text));

  // Times.
  const zone = (() => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: data.zone });
      return data.zone;
    } catch {
      data.offset = 0;
      return 'UTC';
    }
  })();
  const format = (options) => {
    const made = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, hourCycle: 'h23', ...options });
    return (time) => made.format(time);
  };
  const two = '2-digit';
  const date = { year: 'numeric', month: two, day: two };
  const clock = { hour: two, minute: two, second: two };
  const showTime = format({ ...date, ...clock });
  const showDay = format({ month: two, day: two });
  const showMinute = format({ hour: two, minute: two });
  const showSecond = format(clock);
  const showFraction = format({ ...clock, fractionalSecondDigits: 3 });
  const showDuration = (milliseconds) => {
    const units = [['d', 86400000], ['h', 3600000], ['min', 60000]];
    if (milliseconds < 1000) return milliseconds.toFixed(0) + ' ms';
    if (milliseconds < 60000) return (milliseconds / 1000).toFixed(1) + ' s';
    const [unit, length] = units.find(([, length]) => milliseconds >= length);
    const whole = Math.floor(milliseconds / length);
    const rest = milliseconds - whole * length;
    const smaller = { d: ['h', 3600000], h: ['min', 60000], min: ['s', 1000] }[unit];
    return whole + ' ' + unit + ' ' + Math.floor(rest / smaller[1]) + ' ' + smaller[0];
  };

  const stamped = data.from !== null;
  const length = stamped ? Math.max(data.to - data.from, 1) : 1;
  const services = data.services;
  for (const service of services) {
    service.folded = service.name.toLowerCase();
    service.interfaces = new Set(service.places.map((place) => place.interface ?? ''));
  }

  // The head, and what there is to choose from.
  if (stamped) {
    element('span').textContent =
      showTime(data.from) + ' to ' + showTime(data.to) + ' (' + zone + '), ' + showDuration(length);
  } else {
    element('span').textContent = 'The session has no time stamps.';
    element('axis').hidden = true;
    element('zoom').hidden = true;
  }
  const here = services.filter((service) => service.present).length;
  const counts = data.events;
  element('counts').textContent =
    services.length + ' services, ' + here + ' there at the end; ' + data.lines + ' lines: ' +
    counts.add + ' seen, ' + counts.resolve + ' resolved, ' + counts.remove + ' gone; ' +
    data.restarts.length + ' restarts';
  const choices = (id, values) => {
    for (const value of [...values].sort()) {
      const option = make('option', show(value));
      option.value = value;
      element(id).append(option);
    }
  };
  choices('by-type', new Set(services.map((service) => service.type)));
  choices('by-interface', new Set(services.flatMap((service) => [...service.interfaces]).filter(Boolean)));

  // What is shown of it.
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const collator = new Intl.Collator('en', { numeric: true });
  const orders = {
    type: (a, b) => compare(a.type, b.type) || collator.compare(a.folded, b.folded),
    first: (a, b) => compare(a.first_seen ?? '', b.first_seen ?? ''),
    lost: (a, b) => b.lost - a.lost,
    up: (a, b) => (a.up_seconds ?? 0) - (b.up_seconds ?? 0),
  };
  const view = { shown: [], from: data.from, to: data.to, chosen: null };

  const filter = () => {
    const name = element('by-name').value.toLowerCase();
    const type = element('by-type').value;
    const on = element('by-interface').value;
    const state = element('by-state').value;
    view.shown = services
      .filter((service) =>
        service.folded.includes(name) &&
        (!type || service.type === type) &&
        (!on || service.interfaces.has(on)) &&
        (!state || service.present === (state === 'here')))
      .sort(orders[element('order').value]);
    element('shown').textContent = view.shown.length + ' of ' + services.length + ' shown';
    element('filler').style.height = view.shown.length * ROW + 'px';
    element('rows').classList.toggle('few', view.shown.length < 12);
    draw();
  };

  // Rows: only those that can be seen are in the page.
  const rows = element('rows');
  let pending = false;
  const draw = () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      drawAxis();
      drawRows();
    });
  };

  const share = (time) => (time - view.from) / (view.to - view.from);

  const drawRows = () => {
    const filler = element('filler');
    const few = rows.classList.contains('few');
    const seen = few ? view.shown.length : Math.ceil(rows.clientHeight / ROW);
    const first = few ? 0 : Math.max(0, Math.floor(rows.scrollTop / ROW) - MARGIN);
    const last = Math.min(view.shown.length, first + seen + 2 * MARGIN);
    const width = Math.max(element('axis').clientWidth || filler.clientWidth / 2, 1);
    const made = [];
    for (let at = first; at < last; at += 1) made.push(makeRow(view.shown[at], at, width));
    filler.replaceChildren(...made);
    const chosen = made.find((row) => row.classList.contains('chosen'));
    if (chosen) rows.setAttribute('aria-activedescendant', chosen.id);
    else rows.removeAttribute('aria-activedescendant');
  };

  const makeRow = (service, at, width) => {
    const row = make('div', undefined, 'row');
    row.id = 'row-' + at;
    row.dataset.at = at;
    row.setAttribute('role', 'option');
    row.setAttribute('aria-setsize', view.shown.length);
    row.setAttribute('aria-posinset', at + 1);
    row.setAttribute('aria-selected', service === view.chosen);
    row.classList.toggle('chosen', service === view.chosen);
    row.classList.toggle('gone', !service.present);
    row.style.top = at * ROW + 'px';
    const name = make('div', undefined, 'name');
    const type = foreign(service.type);
    type.className = 'faint';
    name.append(foreign(service.name), type);
    const track = make('div', undefined, 'track');
    if (stamped) drawTrack(track, service, width);
    row.append(name, track);
    return row;
  };

  // Lives that are less than a pixel apart are drawn as one.
  const drawTrack = (track, service, width) => {
    let open = null;
    const close = () => {
      if (!open) return;
      const bar = make('div', undefined, open.drawn ? 'life drawn' : 'life');
      bar.style.left = 'min(' + open.left * 100 + '%, 100% - 2px)';
      bar.style.width = Math.max(open.right - open.left, 0) * 100 + '%';
      track.append(bar);
    };
    for (const [from, to, , , , lives] of service.lives) {
      if (from === null || to === null || to < view.from || from > view.to) continue;
      const left = Math.max(share(from), 0);
      const right = Math.min(share(to), 1);
      const drawn = lives > 1;
      if (open && open.drawn === drawn && (left - open.right) * width < 1) {
        open.right = Math.max(open.right, right);
      } else {
        close();
        open = { left, right, drawn };
      }
    }
    close();
    let before = -2;
    for (const time of data.restarts) {
      const at = share(time) * width;
      if (at < 0 || at > width || at - before < 2) continue;
      before = at;
      const line = make('div', undefined, 'restart');
      line.style.left = share(time) * 100 + '%';
      track.append(line);
    }
  };

  const STEPS = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000,
    300000, 600000, 900000, 1800000, 3600000, 7200000, 10800000, 21600000, 43200000, 86400000,
    172800000, 604800000, 1209600000, 2592000000, 7776000000, 31536000000,
  ];
  const drawAxis = () => {
    if (!stamped) return;
    const axis = element('axis');
    axis.style.marginRight = rows.offsetWidth - rows.clientWidth + 'px'; // as wide as the rows
    const most = Math.max(axis.clientWidth / 90, 2);
    const step = STEPS.find((step) => (view.to - view.from) / step <= most) ?? STEPS.at(-1);
    const label =
      step < 1000 ? showFraction : step < 60000 ? showSecond : step < 86400000 ? showMinute : showDay;
    const marks = [];
    const first = Math.ceil((view.from + data.offset) / step) * step - data.offset;
    for (let time = first; time <= view.to; time += step) {
      const midnight = label === showMinute && (time + data.offset) % 86400000 === 0;
      const mark = make('span', midnight ? showDay(time) : label(time));
      mark.style.left = share(time) * 100 + '%';
      marks.push(mark);
    }
    axis.replaceChildren(...marks);
  };

  // Details of one service.
  const choose = (service) => {
    if (service === view.chosen) return;
    view.chosen = service;
    for (const row of element('filler').children) {
      const chosen = view.shown[row.dataset.at] === service;
      row.classList.toggle('chosen', chosen);
      row.setAttribute('aria-selected', chosen);
      if (chosen) rows.setAttribute('aria-activedescendant', row.id);
    }
    element('details').replaceChildren(...(service ? describe(service) : []));
  };

  const describe = (service) => {
    const title = make('h3');
    title.append(foreign(service.name));
    const kind = make('p', undefined, 'faint');
    kind.append(foreign(service.type), ' in ', foreign(service.domain));
    const facts = make('dl');
    const fact = (name, value) => facts.append(make('dt', name), make('dd', value));
    fact('At the end', service.present ? 'there' : 'gone');
    if (stamped) {
      fact('There', showDuration(service.up_seconds * 1000) + ', ' +
        ((100 * service.up_seconds * 1000) / length).toFixed(1) + ' % of the time');
    }
    if (service.first_seen) fact('First seen', showTime(Date.parse(service.first_seen)));
    if (service.last_seen) fact('Last seen', showTime(Date.parse(service.last_seen)));
    fact('Lost', service.lost + ' times');
    fact('Lines', service.added + ' seen, ' + service.resolved + ' resolved, ' + service.removed + ' gone');
    if (service.failed) fact('Not resolved', service.failed + ' times');
    if (service.resolving) {
      const [, mean, longest] = service.resolving;
      fact('Resolved within', showDuration(mean) + ' on average, ' + showDuration(longest) + ' at most');
    }
    const places = make('ul');
    for (const place of service.places) {
      const item = make('li');
      item.append(foreign(place.interface ?? '–'), ' ' + (place.protocol ?? ''));
      if (place.host !== null) {
        item.append(': ', foreign(place.host), ' at ' + place.address + ' port ' + place.port);
      }
      if (!place.present) item.append(' (gone)');
      places.append(item);
    }
    const made = [title, kind, facts, make('strong', 'Places'), places];
    if (stamped && service.lives.length) {
      const lives = make('ul');
      for (const [from, to, present, address, port, count] of service.lives.slice(-50).reverse()) {
        if (from === null) continue;
        const end = present ? 'the end' : to === null ? '?' : showTime(to);
        const drawn = count > 1 ? ', with ' + (count - 1) + ' breaks' : '';
        const at = address === null ? '' : ', at ' + address + ' port ' + port;
        lives.append(make('li', showTime(from) + ' to ' + end + drawn + at));
      }
      const more = service.lives.length > 50 ? 'There, the last 50 times' : 'There';
      made.push(make('strong', more), lives);
    }
    return made;
  };

  const rowAt = (event) => event.target.closest?.('.row');
  // Only where the pointer moves, not where rows are drawn anew under it.
  let pointer = '';
  rows.addEventListener('pointermove', (event) => {
    const now = event.clientX + ' ' + event.clientY;
    const row = now !== pointer && rowAt(event);
    pointer = now;
    if (row) choose(view.shown[row.dataset.at]);
  });
  rows.addEventListener('scroll', draw);
  rows.addEventListener('focus', () => {
    if (!view.chosen && view.shown.length) choose(view.shown[0]);
  });

  const goTo = (at) => {
    const last = view.shown.length - 1;
    if (last < 0) return;
    const number = Math.min(Math.max(at, 0), last);
    const top = number * ROW;
    if (top < rows.scrollTop) rows.scrollTop = top;
    if (top + ROW > rows.scrollTop + rows.clientHeight) rows.scrollTop = top + ROW - rows.clientHeight;
    choose(view.shown[number]);
    draw();
  };

  // Zoom, about a time that stays where it is.
  const MIN_SPAN = 10;
  const setView = (from, span) => {
    if (!stamped) return;
    const length = data.to - data.from;
    const kept = Math.min(Math.max(span, Math.min(MIN_SPAN, length)), length);
    view.from = Math.min(Math.max(from, data.from), data.to - kept);
    view.to = Math.max(view.from + kept, view.from + 1);
    draw();
  };
  const zoom = (factor, about = (view.from + view.to) / 2) =>
    setView(about - (about - view.from) * factor, (view.to - view.from) * factor);
  const move = (part) => setView(view.from + (view.to - view.from) * part, view.to - view.from);
  const all = () => setView(data.from, data.to - data.from);
  element('zoom-in').addEventListener('click', () => zoom(0.5));
  element('zoom-out').addEventListener('click', () => zoom(2));
  element('earlier').addEventListener('click', () => move(-0.25));
  element('later').addEventListener('click', () => move(0.25));
  element('zoom-all').addEventListener('click', all);

  const page = () => Math.max(Math.floor(rows.clientHeight / ROW) - 1, 1);
  const keys = {
    ArrowDown: (at) => goTo(at + 1),
    ArrowUp: (at) => goTo(at - 1),
    PageDown: (at) => goTo(at + page()),
    PageUp: (at) => goTo(at - page()),
    Home: () => goTo(0),
    End: () => goTo(view.shown.length - 1),
    ArrowLeft: () => move(-0.25),
    ArrowRight: () => move(0.25),
    '+': () => zoom(0.5),
    '-': () => zoom(2),
    0: all,
  };
  rows.addEventListener('keydown', (event) => {
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action(view.shown.indexOf(view.chosen));
  });

  const axis = element('axis');
  const timeAt = (x) => {
    const box = axis.getBoundingClientRect();
    return view.from + ((x - box.left) / Math.max(box.width, 1)) * (view.to - view.from);
  };
  element('chart').addEventListener('wheel', (event) => {
    if (!stamped || !(event.ctrlKey || axis.contains(event.target))) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 0.8 : 1.25, timeAt(event.clientX));
  }, { passive: false });
  axis.addEventListener('pointerdown', (event) => {
    const grabbed = timeAt(event.clientX);
    const drag = (event) => {
      setView(view.from + grabbed - timeAt(event.clientX), view.to - view.from);
    };
    axis.setPointerCapture(event.pointerId);
    axis.addEventListener('pointermove', drag);
    axis.addEventListener('lostpointercapture', () => axis.removeEventListener('pointermove', drag), { once: true });
  });

  // Tables, a part of each at a time.
  const PART = 500;
  const time = (it) => (it.time ? showTime(Date.parse(it.time)) : '');
  const place = (it) => (it.file ? it.file + ':' : '') + (it.line || '');
  const table = (title, list, columns) => {
    if (!list.length) return;
    const section = element('tables');
    section.append(make('h2', title + ' (' + list.length + ')'));
    const made = make('table');
    const head = make('tr');
    for (const [name] of columns) head.append(make('th', name));
    const body = make('tbody');
    made.append(make('thead'), body);
    made.tHead.append(head);
    section.append(made);
    const more = make('button', 'Show more');
    more.type = 'button';
    const add = () => {
      const done = body.rows.length;
      for (const it of list.slice(done, done + PART)) {
        const row = make('tr');
        for (const [, value, className] of columns) {
          const cell = make('td', undefined, className);
          cell.append(foreign(value(it)));
          row.append(cell);
        }
        body.append(row);
      }
      more.hidden = body.rows.length >= list.length;
    };
    more.addEventListener('click', add);
    add();
    section.append(more);
  };
  table('Warnings', data.warnings, [
    ['Time', time, 'fixed'], ['Line', place, 'fixed'],
    ['What', (it) => it.kind.replaceAll('_', ' '), 'kind'], ['', (it) => it.text],
  ]);
  table('Not resolved', data.failed, [
    ['Time', time, 'fixed'], ['Line', place, 'fixed'], ['Name', (it) => it.name],
    ['Type', (it) => it.type], ['Why', (it) => it.reason],
  ]);
  table('Browsing began anew', data.restarts_at, [['Time', time, 'fixed'], ['Line', place]]);
  table('Not read', data.unread, [['Line', place, 'fixed'], ['Why', (it) => it.error]]);

  for (const id of ['by-name', 'by-type', 'by-interface', 'by-state', 'order']) {
    element(id).addEventListener('input', filter);
  }
  element('controls').addEventListener('submit', (event) => event.preventDefault());
  addEventListener('resize', draw);
  filter();
})();
