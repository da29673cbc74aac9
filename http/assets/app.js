// Draws the charts of a page: each <figure data-chart> holds the options of one as
// JSON. Functions come from the registry here and never from data.
(function () {
  'use strict';

  // What a tooltip may show: plain text that the server has written.
  var tooltips = {
    // A word joiner keeps braces in a name from being read as a style.
    name: function (p) { return p && p.name ? String(p.name).replace(/\{/g, '{\u2060') : ''; }
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

  function draw(figure) {
    var plot = figure.querySelector('.plot');
    var source = figure.querySelector('script[type="application/json"]');
    if (!window.echarts || !plot || !source) { return false; }
    var option = JSON.parse(source.textContent);
    var tooltip = tooltips[option.headwayTooltip];
    delete option.headwayTooltip;
    if (tooltip && option.tooltip) { option.tooltip.formatter = tooltip; }
    axes(option);
    // As high as the layout needs that ECharts takes at this width.
    var narrow = option.media[0].query.maxWidth;
    function fit() { plot.style.height = figure.getAttribute(plot.clientWidth <= narrow ? 'data-narrow' : 'data-height') + 'px'; }
    fit();
    var chart = window.echarts.init(plot, null, { renderer: 'svg' });
    chart.setOption(option);
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
}());
