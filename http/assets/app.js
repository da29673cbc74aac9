// Draws the charts of a page: each <figure data-chart> holds the options of one as
// JSON. Functions come from the registry here and never from data. The server draws
// its pictures by the same `headway.prepare`.
(function (root) {
  'use strict';

  // A word joiner keeps braces in a name from being read as a style.
  function plain(text) { return String(text).replace(/\{/g, '{\u2060'); }

  // What tooltips may show: plain text that the server has written.
  var tooltips = {
    name: function () {
      return function (p) {
        var name = p && (p.data && p.data.headwayName || p.name);
        return name ? plain(name) : '';
      };
    }
  };

  // What an axis may write at its ticks.
  var labels = {
    year: function (v) { return String(v); }
  };

  function axes(option) {
    [option.xAxis, option.yAxis].forEach(function (axis) {
      (Array.isArray(axis) ? axis : [axis]).forEach(function (a) {
        if (!a || !a.headwayLabel) { return; }
        a.axisLabel.formatter = labels[a.headwayLabel];
        delete a.headwayLabel;
      });
    });
  }

  // What stands in a cell beside its color, as a path from its corner.
  var marks = {
    hatch: function (w, h) { return 'm0 ' + h / 2 + 'l' + w / 2 + ' ' + -h / 2 + 'm0 ' + h + 'l' + w / 2 + ' ' + -h / 2; },
    dash: function (w, h) { return 'm' + w * 0.3 + ' ' + h / 2 + 'h' + w * 0.4; },
    cross: function (w, h) { return 'l' + w + ' ' + h + 'm0 ' + -h + 'l' + -w + ' ' + h; }
  };

  function round(v) { return Math.round(v * 10) / 10; }

  // Draws all cells of one key as one path, with their marks as another: thousands
  // of cells are a few elements.
  function cells(rows, draw) {
    return function (params, api) {
      var size = api.size([1, 1]), w = round(size[0]) - 1, h = round(size[1]) - 1, zero = api.coord([0, 0]), one = api.coord([1, 1]);
      var box = 'h' + w + 'v' + h + 'h' + -w + 'z', mark = draw.mark ? marks[draw.mark](w, h) : '';
      var areas = [], lines = [], letters = [];
      for (var r = 0; r < rows.length; r++) {
        for (var c = rows[r].indexOf(draw.key); c >= 0; c = rows[r].indexOf(draw.key, c + 1)) {
          var x = zero[0] + c * (one[0] - zero[0]), y = zero[1] + r * (one[1] - zero[1]);
          var corner = 'M' + round(x - w / 2) + ' ' + round(y - h / 2);
          areas.push(corner + box);
          if (mark) { lines.push(corner + mark); }
          if (draw.letter) {
            letters.push({ type: 'text', silent: true, style: { text: draw.letter, x: x, y: y, fill: draw.ink, fontSize: 12, align: 'center', verticalAlign: 'middle' } });
          }
        }
      }
      var line = Math.min(w, h) < 12 ? 0.5 : 1;
      var parts = [{ type: 'path', silent: true, shape: { pathData: areas.join('') }, style: { fill: draw.fill, stroke: draw.stroke, lineWidth: line } }];
      if (mark && !draw.letter) {
        parts.push({ type: 'path', silent: true, shape: { pathData: lines.join('') }, style: { fill: 'none', stroke: '#374151', lineWidth: line } });
      }
      return { type: 'group', silent: true, children: parts.concat(letters) };
    };
  }

  // Makes an option of ECharts from what the server wrote.
  function prepare(option) {
    var tooltip = tooltips[option.headwayTooltip];
    delete option.headwayTooltip;
    if (tooltip && option.tooltip) { option.tooltip.formatter = tooltip(option); }
    axes(option);
    if (option.headwayCells) {
      option.series.forEach(function (s) {
        s.renderItem = cells(option.headwayCells, s.headwayDraw);
        delete s.headwayDraw;
      });
    }
    return option;
  }

  root.headway = { prepare: prepare };
  if (!root.document) { return; }

  // Says of the cell beneath the pointer what it is.
  function pointed(chart, option) {
    function label(axis, i) {
      var d = axis.data[i];
      return d && typeof d === 'object' ? d.value : d;
    }
    chart.getZr().on('mousemove', function (e) {
      var at = chart.convertFromPixel({ gridIndex: 0 }, [e.offsetX, e.offsetY]);
      var row = chart.containPixel({ gridIndex: 0 }, [e.offsetX, e.offsetY]) && option.headwayCells[at[1]];
      var key = row ? option.headwayKeys['0123456789abcdefghijklmnopqrstuvwxyz'.indexOf(row[at[0]])] : null;
      if (!key) { chart.dispatchAction({ type: 'hideTip' }); return; }
      var text = plain([label([].concat(option.yAxis)[0], at[1]), label([].concat(option.xAxis)[0], at[0]), key].join('\n'));
      chart.dispatchAction({ type: 'showTip', x: e.offsetX, y: e.offsetY, tooltip: { formatter: function () { return text; } } });
    });
  }

  function draw(figure) {
    var plot = figure.querySelector('.plot');
    var source = figure.querySelector('script[type="application/json"]');
    if (!window.echarts || !plot || !source) { return false; }
    var option = prepare(JSON.parse(source.textContent));
    // As high as the layout needs that ECharts takes at this width.
    var narrow = option.media[0].query.maxWidth;
    function fit() { plot.style.height = figure.getAttribute(plot.clientWidth <= narrow ? 'data-narrow' : 'data-height') + 'px'; }
    fit();
    plot.textContent = ''; // the picture of the same chart, which the server drew
    var chart = window.echarts.init(plot, null, { renderer: 'svg' });
    chart.setOption(option);
    if (option.headwayCells) { pointed(chart, option); }
    if (window.ResizeObserver) { new ResizeObserver(function () { fit(); chart.resize(); }).observe(plot); }
    // Paper is about as wide as this, whatever the window was.
    window.addEventListener('beforeprint', function () { chart.resize({ width: 680 }); });
    window.addEventListener('afterprint', function () { chart.resize({ width: 'auto' }); });
    figure.setAttribute('data-drawn', '');
    return true;
  }

  function start() {
    document.querySelectorAll('figure[data-chart]').forEach(function (figure) {
      if (!draw(figure)) {
        figure.querySelectorAll('details').forEach(function (d) { d.open = true; });
        figure.querySelectorAll('.nochart').forEach(function (n) { n.style.display = 'block'; });
      }
    });
    window.addEventListener('beforeprint', function () {
      document.querySelectorAll('details').forEach(function (d) { d.open = true; });
    });
  }

  if (document.readyState === 'loading') { document.addEventListener('DOMContentLoaded', start); } else { start(); }
}(typeof globalThis === 'undefined' ? self : globalThis));
