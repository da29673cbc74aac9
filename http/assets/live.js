// Tells a page that something newer was recorded, and shows it when the reader
// asks for it: at the same place, with the same choices.
(function () {
  'use strict';

  var place = document.getElementById('live');
  // What a reader is writing must not be lost.
  if (!place || !window.EventSource || document.querySelector('main form[method="post"]')) { return; }

  var KEY = 'headway.live';
  var FIRST = 5000, LONGEST = 300000; // milliseconds between attempts
  var seen = Number(place.getAttribute('data-position'));
  var source = null, timer = null, wait = FIRST;

  // What opens and closes, in the order of the page; each by where it stands and
  // what it says, so that it is found again beside what is new.
  function openable() {
    var count = {};
    return Array.prototype.map.call(document.querySelectorAll('main details'), function (d) {
      var part = d.closest('[id], [aria-labelledby]');
      var summary = d.querySelector('summary');
      var name = (part ? part.id || part.getAttribute('aria-labelledby') : '') + '/' + (summary ? summary.textContent : '');
      count[name] = (count[name] || 0) + 1;
      return { name: name + '/' + count[name], details: d };
    });
  }

  function controls() {
    return document.querySelectorAll('main form select, main form input:not([type="hidden"])');
  }

  function keep() {
    var kept = { url: location.href, y: window.scrollY, open: {}, values: [] };
    openable().forEach(function (o) { kept.open[o.name] = o.details.open; });
    controls().forEach(function (c) { kept.values.push([c.name, c.type === 'checkbox' || c.type === 'radio' ? c.checked : c.value]); });
    try { sessionStorage.setItem(KEY, JSON.stringify(kept)); } catch (e) { /* the page then starts at its top */ }
  }

  function restore() {
    var kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(KEY));
      sessionStorage.removeItem(KEY);
    } catch (e) { return; }
    if (!kept || kept.url !== location.href) { return; }
    openable().forEach(function (o) { if (o.name in kept.open) { o.details.open = kept.open[o.name]; } });
    controls().forEach(function (c, i) {
      var was = kept.values[i];
      if (!was || was[0] !== c.name) { return; }
      if (typeof was[1] === 'boolean') { c.checked = was[1]; } else { c.value = was[1]; }
    });
    function scroll() { window.scrollTo(0, kept.y); }
    scroll();
    if (document.readyState !== 'complete') { window.addEventListener('load', scroll); }
  }

  function tell() {
    if (place.firstChild) { return; }
    var text = document.createElement('p');
    text.textContent = place.getAttribute('data-news') + ' ';
    var button = document.createElement('button');
    button.type = 'button';
    button.textContent = place.getAttribute('data-refresh');
    button.addEventListener('click', function () {
      keep();
      location.reload();
    });
    text.appendChild(button);
    place.appendChild(text);
  }

  function close() {
    clearTimeout(timer);
    timer = null;
    if (source) { source.close(); }
    source = null;
  }

  function listen() {
    close();
    if (document.visibilityState === 'hidden') { return; }
    source = new EventSource('/live?since=' + seen);
    source.onopen = function () { wait = FIRST; };
    source.onmessage = function (e) {
      seen = Math.max(seen, Number(e.data) || 0);
      tell();
    };
    // Each failure doubles the wait; chance keeps all pages from coming back at once.
    source.onerror = function () {
      close();
      timer = setTimeout(listen, wait * (0.5 + Math.random()));
      wait = Math.min(2 * wait, LONGEST);
    };
  }

  restore();
  listen();
  document.addEventListener('visibilitychange', listen);
  window.addEventListener('pagehide', close);
  window.addEventListener('pageshow', function (e) { if (e.persisted) { listen(); } });
}());
