// Draws what stands as data in the page. Series differ by dash and shape, not only by colour; the table has the numbers.
(() => {
  const LOOKS = [
    { stroke: "#1f6f50", fill: "rgba(31, 111, 80, .16)", dash: [] },
    { stroke: "#a0640a", fill: "rgba(227, 167, 47, .2)", dash: [7, 4] },
    { stroke: "#3b4b8f", fill: "rgba(59, 75, 143, .15)", dash: [2, 4] },
  ];
  const short = (value) => {
    const size = Math.abs(value);
    if (size >= 1e6) return `${+(value / 1e6).toFixed(1)}m`;
    return size >= 1e4 ? `${+(value / 1e3).toFixed(0)}k` : `${+value.toFixed(1)}`;
  };
  const shown = (value, unit) => {
    if (value == null) return "–";
    if (unit === "naira") return `N${value.toLocaleString("en")}`;
    return unit === "percent" ? `${value} %` : value.toLocaleString("en");
  };
  const onAxis = (value, unit) => (unit === "naira" ? "N" : "") + short(value) + (unit === "percent" ? " %" : "");
  const day = (seconds) => new Date(seconds * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

  const draw = (place) => {
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    // The first unit has the axis on the left, another one that on the right; one on its own scale has no axis at all.
    const first = data.series[0];
    const scaleOf = (series) => (series.unit === first.unit ? "y" : series.unit + "2");
    const other = data.series.find((series) => scaleOf(series) !== "y");
    const half = (data.x[1] - data.x[0]) / 2;
    const scales = { x: { time: false, range: [data.x[0] - half, data.x.at(-1) + half] } };
    // Shares: all of the hundred, or when all are small so much that they can be told apart.
    const upTo = (unit, high) => (unit !== "percent" ? (high > 0 ? high * 1.1 : 1) : high > 40 ? 100 : Math.max(10, high * 1.25));
    for (const series of data.series) {
      scales[scaleOf(series)] = { range: (_, low, high) => [0, upTo(series.unit, high)] };
    }
    // A tick stands under a Monday; of many Mondays so many are named as there is room for.
    const mondays = (chart) => {
      const step = Math.ceil(data.x.length / Math.max(2, Math.floor(chart.width / 90)));
      return data.x.filter((_, n) => (data.x.length - 1 - n) % step === 0);
    };
    const axis = (series, side) => ({
      scale: scaleOf(series), side, size: 62, stroke: "#5a6b63", grid: { show: side === 3, stroke: "#eef2ef" },
      ticks: { show: false }, values: (_, all) => all.map((value) => onAxis(value, series.unit)),
    });
    const axes = [{ stroke: "#5a6b63", grid: { show: false }, values: (_, all) => all.map(day), splits: mondays }, axis(first, 3)];
    if (other) axes.push(axis(other, 1));
    const options = {
      width: place.clientWidth, height: 240, scales, axes, cursor: { y: false },
      hooks: { ready: [(drawn) => drawn.setLegend({ idx: data.x.length - 1 })] },
      series: [
        { label: "Week of", value: (_, at) => (at == null ? "–" : day(at)) },
        ...data.series.map((series, n) => ({
          label: series.label, scale: scaleOf(series), stroke: LOOKS[n].stroke, width: 2, dash: LOOKS[n].dash,
          fill: series.bars ? LOOKS[n].fill : undefined, spanGaps: true, points: { show: !series.bars, size: 6 },
          paths: series.bars ? uPlot.paths.bars({ size: [0.6, 40], radius: 0.15 }) : uPlot.paths.linear(),
          value: (_, value) => shown(value, series.unit),
        })),
      ],
    };
    const chart = new uPlot(options, [data.x, ...data.series.map((series) => series.values)], place);
    new ResizeObserver(() => {
      if (place.clientWidth && place.clientWidth !== chart.width) chart.setSize({ width: place.clientWidth, height: 240 });
    }).observe(place);
  };
  for (const place of document.querySelectorAll("[data-chart]")) draw(place);
})();
