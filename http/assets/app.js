// Draws the charts of a page: each <figure data-chart> holds the options of one as
// JSON. Functions come from the registry here and never from data.
(function () {
  'use strict';

  // What a tooltip may show: plain text that the server has written.
  var tooltips = {
    name: function (p) { return p && p.name ? String(p.name) : ''; }
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

  // A small screen: labels in shorter lines and smaller letters, rows further
  // apart, the legend in one line.
  function narrow(option) {
    var y = Array.isArray(option.yAxis) ? option.yAxis[0] : option.yAxis;
    if (y && y.headwayNarrow) {
      y.data = y.headwayNarrow;
      y.axisLabel.fontSize = 10;
      y.axisLabel.lineHeight = 12;
    }
    if (option.legend) { option.legend.type = 'scroll'; }
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
    var height = Number(figure.getAttribute('data-height'));
    if (plot.clientWidth < 560) {
      narrow(option);
      height *= 1.25;
    }
    [].concat(option.yAxis || []).forEach(function (a) { delete a.headwayNarrow; });
    plot.style.height = height + 'px';
    var chart = window.echarts.init(plot, null, { renderer: 'svg' });
    chart.setOption(option);
    if (window.ResizeObserver) { new ResizeObserver(function () { chart.resize(); }).observe(plot); }
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
