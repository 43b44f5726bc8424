// The map of what is under way, its events and its replay. Everything it shows stands in the tables too.
'use strict';

(() => {
  const box = document.getElementById('map');
  if (!box) return;
  const set = box.dataset;
  const one = set.kind === 'one';
  const state = document.getElementById('link-state');
  const map = L.map(box, { preferCanvas: true, attributionControl: false, zoomSnap: 0.5 });
  map.setView([24.5, 118.1], 8);
  if (set.tiles) L.tileLayer(set.tiles, { maxZoom: 19 }).addTo(map);
  else graticule();
  L.control.scale({ imperial: false }).addTo(map);
  const layer = L.featureGroup().addTo(map);
  const live = L.featureGroup().addTo(map);
  let fitted = false;
  let replay = null;

  // --- a plain grid where there are no tiles ---
  function graticule() {
    const lines = L.layerGroup().addTo(map);
    const steps = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
    map.on('moveend', () => {
      lines.clearLayers();
      const view = map.getBounds();
      const width = view.getEast() - view.getWest();
      const step = steps.find((s) => width / s >= 4) || 0.01;
      const look = { color: '#c3ccd9', weight: 1, interactive: false };
      for (let x = Math.ceil(view.getWest() / step) * step; x < view.getEast(); x += step) {
        L.polyline([[view.getSouth(), x], [view.getNorth(), x]], look).addTo(lines);
        label([view.getSouth(), x], `${x.toFixed(2)}°`, [-4, 16], lines);
      }
      for (let y = Math.ceil(view.getSouth() / step) * step; y < view.getNorth(); y += step) {
        L.polyline([[y, view.getWest()], [y, view.getEast()]], look).addTo(lines);
        label([y, view.getWest()], `${y.toFixed(2)}°`, [-4, 16], lines);
      }
    });
  }

  function label(at, words, anchor, group) {
    const icon = L.divIcon({ className: 'grid-label', html: '', iconAnchor: anchor });
    const mark = L.marker(at, { icon, interactive: false, keyboard: false }).addTo(group);
    mark.getElement().textContent = words;
  }

  // --- all journeys ---
  async function positions() {
    const answer = await fetch(set.source, { headers: { Accept: 'application/json' } });
    if (!answer.ok) return;
    const found = await answer.json();
    live.clearLayers();
    for (const watch of found.watches) {
      if (!watch.place) continue;
      const bad = watch.open > 0;
      const mark = L.circleMarker(watch.place, {
        radius: bad ? 10 : 7, weight: 3, color: '#fff', fillOpacity: 1,
        fillColor: bad ? '#b42318' : '#0b4f9e',
      }).addTo(live);
      const words = document.createElement('span');
      words.textContent = `${watch.headline} · ${watch.no}` + (bad ? ` · ${watch.open} ${set.open}` : '');
      mark.bindTooltip(words);
      mark.on('click', () => { location.href = `/live/${watch.no}`; });
    }
    if (!fitted && live.getLayers().length) {
      map.fitBounds(live.getBounds().pad(0.3), { maxZoom: 11 });
      fitted = true;
    }
  }

  // --- one journey ---
  const looks = {
    corridor: { color: '#0b5fb0', weight: 1, fillColor: '#0b5fb0', fillOpacity: 0.12, interactive: false },
    route: { color: '#0b4f9e', weight: 2, dashArray: '6 6', interactive: false },
    zone: { color: '#b42318', weight: 2, fillColor: '#b42318', fillOpacity: 0.2 },
  };

  async function track() {
    const answer = await fetch(set.source, { headers: { Accept: 'application/json' } });
    if (!answer.ok) return;
    const found = await answer.json();
    layer.clearLayers();
    L.geoJSON(found.chart, {
      style: (feature) => looks[feature.properties.role] || {},
      pointToLayer: (feature, at) => L.circleMarker(at, {
        radius: 6, weight: 2, color: '#1f2329', fillOpacity: 1,
        fillColor: feature.properties.role === 'stop' ? '#fff4d6' : '#fff',
      }),
      onEachFeature: (feature, part) => {
        if (!feature.properties.name) return;
        const words = document.createElement('span');
        words.textContent = feature.properties.name;
        part.bindTooltip(words, { permanent: ['origin', 'destination'].includes(feature.properties.role) });
      },
    }).addTo(layer);
    const points = found.track.filter((p) => p.length === 4);
    if (points.length) {
      L.polyline(points.map((p) => [p[1], p[2]]), { color: '#166a2e', weight: 4 }).addTo(layer);
    }
    for (const incident of found.incidents) {
      if (!incident.place) continue;
      const red = incident.grade === 'red';
      const mark = L.circleMarker(incident.place, {
        radius: 9, weight: 3, color: '#fff', fillOpacity: 1, fillColor: red ? '#b42318' : '#8a5300',
      }).addTo(layer);
      const words = document.createElement('span');
      words.textContent = incident.title;
      mark.bindTooltip(words);
      mark.on('click', () => { location.href = `/incidents/${incident.number}`; });
    }
    if (!fitted && layer.getLayers().length) {
      map.fitBounds(layer.getBounds().pad(0.05));
      fitted = true;
    }
    replayed(points, found.incidents);
  }

  function replayed(points, incidents) {
    const seek = document.getElementById('seek');
    const words = document.getElementById('seek-words');
    const play = document.getElementById('play');
    const ticks = document.getElementById('ticks');
    if (!points.length) { play.disabled = true; return; }
    const atEnd = !replay || Number(seek.value) === Number(seek.max);
    seek.max = String(points.length - 1);
    if (atEnd) seek.value = seek.max;
    const first = points[0][0];
    const length = points[points.length - 1][0] - first || 1;
    ticks.replaceChildren(...incidents.map((incident) => {
      const tick = document.createElement('span');
      tick.className = incident.grade === 'red' ? 'tick-mark red' : 'tick-mark';
      const share = (index(points, incident.t) / Math.max(1, points.length - 1)) * 100;
      tick.style.left = `${share}%`;
      tick.title = incident.title;
      return tick;
    }));
    if (!replay) {
      replay = { marker: L.circleMarker([0, 0], { radius: 8, weight: 4, color: '#fff', fillColor: '#1f2329', fillOpacity: 1 }) };
      seek.addEventListener('input', () => replay.show());
      play.addEventListener('click', () => run(play.getAttribute('aria-pressed') !== 'true'));
      document.addEventListener('click', (event) => {
        const button = event.target.closest('[data-seek]');
        if (!button) return;
        seek.value = String(index(replay.points, Number(button.dataset.seek)));
        replay.show();
        box.scrollIntoView({ block: 'nearest' });
        map.setView(replay.marker.getLatLng(), Math.max(map.getZoom(), 12));
      });
    }
    replay.points = points;
    replay.show = () => {
      const point = replay.points[Number(seek.value)];
      replay.marker.setLatLng([point[1], point[2]]).addTo(map);
      const when = new Date(point[0] * 1000);
      const clock = when.toLocaleString(document.documentElement.lang, { timeZone: 'Asia/Shanghai', hour12: false });
      words.textContent = clock + (point[3] === null ? '' : ` · ${Math.round(point[3])} km/h`);
      seek.setAttribute('aria-valuetext', words.textContent);
    };
    replay.show();

    function run(on) {
      play.setAttribute('aria-pressed', String(on));
      play.textContent = on ? play.dataset.pause : play.dataset.play;
      clearInterval(replay.timer);
      if (!on) return;
      if (Number(seek.value) === Number(seek.max)) seek.value = '0';
      const stride = Math.max(1, Math.round(points.length / 200));
      replay.timer = setInterval(() => {
        seek.value = String(Math.min(Number(seek.max), Number(seek.value) + stride));
        replay.show();
        if (Number(seek.value) === Number(seek.max)) run(false);
      }, 60);
    }
  }

  function index(points, t) {
    let low = 0;
    let high = points.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (points[middle][0] < t) low = middle + 1; else high = middle;
    }
    return low;
  }

  // --- what is new ---
  const draw = one ? track : positions;
  let drawing = null;
  function soon() {
    if (drawing) return;
    drawing = setTimeout(async () => { drawing = null; await draw(); }, 1500);
  }

  let refreshing = null;
  function refresh() {
    if (refreshing) return;
    refreshing = setTimeout(async () => {
      refreshing = null;
      const answer = await fetch(location.href);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const part of document.querySelectorAll('[data-fresh]')) {
        const fresh = page.getElementById(part.id);
        // What somebody is typing into is left alone until he has finished.
        if (fresh && !part.contains(document.activeElement)) part.replaceChildren(...fresh.childNodes);
      }
      document.title = page.title;
    }, 300);
  }

  function heard(kind, data) {
    if (kind === 'incident' && data.act === 'opened') {
      document.getElementById('told').textContent = `${set.arrived}: ${data.declaration}`;
    }
    refresh();
    soon();
  }

  let last = Number(set.last);
  let failures = 0;
  let polling = null;

  function listen() {
    const source = new EventSource(set.live);
    source.addEventListener('open', () => {
      failures = 0;
      state.textContent = set.liveWord;
      clearInterval(polling);
      polling = null;
    });
    source.addEventListener('moved', soon);
    for (const kind of ['incident', 'custody']) {
      source.addEventListener(kind, (event) => {
        last = Math.max(last, Number(event.lastEventId));
        heard(kind, JSON.parse(event.data));
      });
    }
    source.addEventListener('error', () => {
      failures += 1;
      if (failures >= 2 && !polling) poll();
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 30000);
    });
  }

  function poll() {
    state.textContent = set.pollWord;
    polling = setInterval(async () => {
      const answer = await fetch(`${set.poll}?after=${last}`);
      if (!answer.ok) return;
      const found = await answer.json();
      last = Math.max(last, found.last);
      for (const event of found.events) heard(event.kind, event);
      soon();
    }, 10000);
  }

  draw();
  listen();
})();
