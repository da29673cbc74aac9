// Copies links that last: to a page or to a figure of it with every choice in
// them, also those that the reader left as they were, and to what is shown at
// this very moment, whatever is recorded later.
(function () {
  'use strict';

  var texts = document.getElementById('links');
  var main = document.querySelector('main');
  if (!texts || !main) { return; }
  function text(name) { return texts.getAttribute('data-' + name); }

  // What the forms of this page had chosen when it came: the first round and the
  // last may be others one day.
  function chosen(form, add) {
    Array.prototype.forEach.call(form.elements, function (c) {
      if (!c.name) { return; }
      if (c.tagName === 'SELECT') {
        var picked = Array.prototype.filter.call(c.options, function (o) { return o.defaultSelected; });
        (picked.length ? picked : [c.options[0]]).forEach(function (o) { if (o) { add(c.name, o.value); } });
      } else if (c.type === 'checkbox' || c.type === 'radio') {
        if (c.defaultChecked) { add(c.name, c.value); }
      } else { add(c.name, c.defaultValue); }
    });
  }

  function link(anchor, asOf) {
    var query = new URLSearchParams(location.search);
    var given = new Set(query.keys());
    main.querySelectorAll('form.choice').forEach(function (form) {
      if (form.method !== 'get' || new URL(form.action).pathname !== location.pathname) { return; }
      chosen(form, function (name, value) { if (value !== '' && !given.has(name)) { query.append(name, value); } });
    });
    var once = new Set(); // a page may have several forms, each with the same hidden choices
    query = new URLSearchParams(Array.from(query).filter(function (pair) {
      var known = once.has(pair.join('='));
      once.add(pair.join('='));
      return !known;
    }));
    query.set('lang', document.documentElement.lang);
    query.delete('minPosition');
    if (asOf) { query.set('asOf', asOf); }
    return location.origin + location.pathname + '?' + query + (anchor ? '#' + encodeURIComponent(anchor) : '');
  }

  // Without the right to the clipboard the link is there to be copied by hand.
  function offer(row, url) {
    var box = row.querySelector('input') || document.createElement('input');
    box.readOnly = true;
    box.dir = 'ltr';
    box.value = url;
    box.setAttribute('aria-label', text('select'));
    row.appendChild(box);
    box.focus();
    box.select();
    return text('select');
  }

  function copy(row, url) {
    var said = row.querySelector('[role="status"]');
    function say(what) { said.textContent = ' ' + what; }
    said.textContent = '';
    if (!navigator.clipboard) { return say(offer(row, url)); }
    navigator.clipboard.writeText(url).then(function () { say(text('copied')); }, function () { say(offer(row, url)); });
  }

  function buttons(place, anchor) {
    var row = document.createElement('span');
    row.className = 'links';
    function button(name, asOf) {
      var b = document.createElement('button');
      b.type = 'button';
      b.textContent = text(name);
      b.addEventListener('click', function () { copy(row, link(anchor, asOf)); });
      row.appendChild(b);
      row.appendChild(document.createTextNode(' '));
    }
    button(anchor ? 'copy' : 'page');
    if (text('as-of')) { button('state', text('as-of')); }
    var said = document.createElement('span');
    said.setAttribute('role', 'status');
    row.appendChild(said);
    place.appendChild(row);
  }

  main.querySelectorAll('figure[data-chart]').forEach(function (figure) {
    var part = figure.id ? figure : figure.closest('section');
    var anchor = part && (part.id || part.getAttribute('aria-labelledby'));
    if (anchor) { buttons(figure.querySelector('figcaption') || figure, anchor); }
  });
  var foot = document.createElement('p');
  foot.className = 'foot';
  buttons(foot, '');
  main.appendChild(foot);
}());
