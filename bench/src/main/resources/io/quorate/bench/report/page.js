// Draws the plots of this page from the results that it carries. Nothing is fetched.
"use strict";
(() => {
  const results = JSON.parse(document.getElementById("results").textContent);
  const contenders = [...new Set(results.table.map((row) => row.contender))];
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 4]];
  const shapes = ["circle", "rectRot", "triangle", "rect", "cross", "star"];
  const charts = [];
  const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 15 });

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (contender) => css("--c" + (contenders.indexOf(contender) % 6));

  function series(contender, data, more) {
    const i = contenders.indexOf(contender) % 6;
    return {
      label: contender,
      data,
      borderColor: colour(contender),
      backgroundColor: colour(contender),
      borderDash: dashes[i],
      pointStyle: shapes[i],
      borderWidth: 2,
      pointRadius: 0,
      pointHitRadius: 8,
      tension: 0,
      ...more,
    };
  }

  function axis(title, more) {
    return {
      type: "linear",
      title: { display: true, text: title, color: css("--quiet") },
      ticks: { color: css("--quiet"), maxRotation: 0, autoSkipPadding: 12 },
      grid: { color: css("--grid") },
      border: { color: css("--line") },
      ...more,
    };
  }

  // Ticks at 1, 2 and 5 of each power of ten, written out, and lines at these only.
  function logAxis(title) {
    return axis(title, {
      type: "logarithmic",
      grid: { color: (context) => (context.tick?.label ? css("--grid") : "transparent") },
      ticks: {
        color: css("--quiet"),
        maxRotation: 0,
        autoSkip: false,
        callback(value, index, ticks) {
          const first = Number(String(value.toExponential()).charAt(0));
          const decades = Math.log10(ticks[ticks.length - 1].value / ticks[0].value);
          const wanted = decades > 2.5 ? [1] : [1, 2, 5];
          return wanted.includes(first) && Math.abs(value / 10 ** Math.floor(Math.log10(value) + 1e-9) - first) < 1e-6
            ? number.format(value)
            : "";
        },
      },
    });
  }

  function draw(id, datasets, scales, plugins, tooltip) {
    const canvas = document.getElementById(id);
    if (!canvas) return;
    charts.push(
      new Chart(canvas, {
        type: "line",
        data: { datasets },
        options: {
          animation: false,
          responsive: true,
          maintainAspectRatio: false,
          parsing: false,
          normalized: true,
          interaction: { mode: "nearest", axis: "x", intersect: false },
          scales,
          plugins: {
            legend: {
              position: "top",
              align: "start",
              labels: {
                color: css("--ink"),
                usePointStyle: true,
                pointStyle: "line",
                pointStyleWidth: 36,
                // The legend of a line shows how it is drawn; by default it would show its points.
                generateLabels: (chart) =>
                  Chart.defaults.plugins.legend.labels.generateLabels(chart).map((label) => ({
                    ...label,
                    lineDash: chart.data.datasets[label.datasetIndex].borderDash,
                    lineWidth: chart.data.datasets[label.datasetIndex].borderWidth,
                  })),
              },
            },
            tooltip: { callbacks: tooltip },
          },
        },
        plugins: plugins || [],
      }),
    );
  }

  // The same figures as a table, for those who cannot see the plot, or want to copy them.
  function alternative(id, head, rows) {
    const place = document.getElementById(id + "-figures");
    if (!place) return;
    const table = document.createElement("table");
    const line = (parent, cells, tag) => {
      const row = parent.insertRow();
      cells.forEach((cell, i) => {
        const element = document.createElement(tag || (i === 0 ? "th" : "td"));
        if (element.tagName === "TH") element.scope = tag ? "col" : "row";
        element.textContent = cell;
        row.append(element);
      });
    };
    line(table.createTHead(), head, "th");
    const body = table.createTBody();
    rows.forEach((row) => line(body, row));
    place.replaceChildren(table);
  }

  const shown = (point) =>
    results.table.filter((row) => row.point === point).map((row) => results.runs[row.shown]);

  // A line at the moment of each fault, in the colour of the contender that it struck.
  function faults(runs) {
    return {
      id: "faults",
      afterDatasetsDraw(chart) {
        const { ctx, chartArea: area, scales } = chart;
        ctx.save();
        ctx.font = "12px system-ui, sans-serif";
        const struck = runs
          .filter((run) => run.timeline.faultMillis !== undefined)
          .filter((run) => chart.isDatasetVisible(chart.data.datasets.findIndex((each) => each.label === run.contender)))
          .map((run) => scales.x.getPixelForValue(run.timeline.faultMillis / 1000));
        ctx.strokeStyle = css("--bad");
        ctx.setLineDash([3, 3]);
        struck.forEach((x) => {
          ctx.beginPath();
          ctx.moveTo(x, area.top);
          ctx.lineTo(x, area.bottom);
          ctx.stroke();
        });
        if (struck.length > 0) {
          const text = "fault";
          const right = Math.min(...struck) - 5;
          const width = ctx.measureText(text).width;
          ctx.fillStyle = css("--ground");
          ctx.globalAlpha = 0.85;
          ctx.fillRect(right - width - 3, area.top + 2, width + 6, 17);
          ctx.globalAlpha = 1;
          ctx.fillStyle = css("--bad");
          ctx.fillText(text, right - width, area.top + 15);
        }
        ctx.restore();
      },
    };
  }

  function timeline(point) {
    const runs = shown(point);
    const perSecond = (run, i) => (run.timeline.answers[i] * 1000) / run.timeline.intervalMillis;
    draw(
      "timeline",
      runs.map((run) =>
        series(
          run.contender,
          run.timeline.answers.map((_, i) => ({
            x: ((i + 0.5) * run.timeline.intervalMillis) / 1000,
            y: perSecond(run, i),
          })),
          { borderDash: [], borderWidth: 1.5 },
        ),
      ),
      {
        x: axis("seconds since measuring began", {
          min: 0,
          max: Math.ceil(
            Math.max(...runs.map((run) => (run.timeline.answers.length * run.timeline.intervalMillis) / 1000)) - 0.25,
          ),
        }),
        y: axis("commands/s", { beginAtZero: true }),
      },
      [faults(runs)],
      {
        title: (items) => items[0].parsed.x.toFixed(2) + " s",
        label: (item) => `${item.dataset.label}: ${number.format(Math.round(item.parsed.y))}/s`,
      },
    );
    const seconds = Math.max(
      0,
      ...runs.map((run) => Math.ceil((run.timeline.answers.length * run.timeline.intervalMillis) / 1000)),
    );
    const rows = [];
    for (let s = 0; s < seconds; s++) {
      rows.push([
        `${s}–${s + 1} s`,
        ...runs.map((run) => {
          const each = 1000 / run.timeline.intervalMillis;
          const part = run.timeline.answers.slice(Math.round(s * each), Math.round((s + 1) * each));
          const fault = run.timeline.faultMillis;
          const struck = fault >= s * 1000 && fault < (s + 1) * 1000 ? " (fault)" : "";
          return part.length ? number.format(part.reduce((a, b) => a + b, 0)) + struck : "–";
        }),
      ]);
    }
    alternative("timeline", ["answers in", ...runs.map((run) => run.contender)], rows);
  }

  // Percentiles by the number of nines, so that the tail has room.
  const nines = (percentile) => Math.log10(100 / (100 - percentile));

  function latencies(point) {
    const runs = shown(point);
    const labels = new Map([[0, "0"], [1, "90"], [2, "99"], [3, "99.9"], [4, "99.99"], [5, "99.999"], [6, "99.9999"]]);
    draw(
      "latencies",
      runs.map((run) =>
        series(
          run.contender,
          run.latencyCurve.filter((each) => each[0] < 100).map((each) => ({ x: nines(each[0]), y: each[1] })),
        ),
      ),
      {
        x: axis("percentile of calls", {
          min: 0,
          ticks: { color: css("--quiet"), stepSize: 1, maxRotation: 0, callback: (value) => labels.get(value) ?? "" },
        }),
        y: logAxis("milliseconds"),
      },
      [],
      {
        title: (items) => `percentile ${Number((100 - 100 / 10 ** items[0].parsed.x).toFixed(4))}`,
        label: (item) => `${item.dataset.label}: ${number.format(item.parsed.y)} ms`,
      },
    );
    const percentiles = [...new Set(runs.flatMap((run) => run.latencyCurve.map((each) => each[0])))].sort((a, b) => a - b);
    alternative(
      "latencies",
      ["percentile", ...runs.map((run) => run.contender + ", ms")],
      percentiles.map((percentile) => [
        percentile === 100 ? "longest" : String(percentile),
        ...runs.map((run) => {
          const found = run.latencyCurve.find((each) => each[0] === percentile);
          return found ? number.format(found[1]) : "–";
        }),
      ]),
    );
  }

  // A figure of each point against the load that the point reached.
  function againstLoad(id, key, title, unit) {
    const points = (contender) =>
      results.table
        .filter((row) => row.contender === contender && row.figures[key])
        .map((row) => ({ x: row.figures.perSecond.median, y: row.figures[key].median, point: row.point }));
    const drawn = contenders.filter((contender) => points(contender).length > 0);
    draw(
      id,
      drawn.map((contender) => series(contender, points(contender), { pointRadius: 5 })),
      { x: logAxis("commands/s reached"), y: logAxis(title) },
      [],
      {
        title: (items) => `${results.sweep.option} ${items[0].raw.point}`,
        label: (item) =>
          `${item.dataset.label}: ${unit(item.parsed.y)} at ${number.format(item.parsed.x)}/s`,
      },
    );
    alternative(
      id,
      [results.sweep.option, ...drawn.flatMap((contender) => [contender + ", commands/s", contender + ", " + title])],
      results.sweep.points.map((point) => [
        point,
        ...drawn.flatMap((contender) => {
          const found = points(contender).find((each) => each.point === point);
          return found ? [number.format(found.x), unit(found.y)] : ["–", "–"];
        }),
      ]),
    );
  }

  const dollars = (value) => "$" + number.format(value);

  function months() {
    const lines = results.costs.perMonth;
    const name = (line) => `${line.contender}, ${line.machines === 1 ? "1 machine" : line.machines + " machines"}`;
    draw(
      "months",
      lines.map((line) => ({
        ...series(
          line.contender,
          line.dollars.map((value, i) => ({ x: results.costs.perSecond[i], y: value })),
          line.machines === 1 ? { borderDash: [1, 4], borderWidth: 3 } : {},
        ),
        label: name(line),
      })),
      { x: logAxis("commands/s, around the clock"), y: logAxis("dollars a month") },
      [],
      {
        title: (items) => number.format(items[0].parsed.x) + " commands/s",
        label: (item) => `${item.dataset.label}: ${dollars(item.parsed.y)} a month`,
      },
    );
    alternative(
      "months",
      ["commands/s", ...lines.map(name)],
      results.costs.perSecond.map((load, i) => [
        number.format(load),
        ...lines.map((line) => dollars(line.dollars[i])),
      ]),
    );
  }

  const choice = document.getElementById("point");

  function all() {
    charts.splice(0).forEach((chart) => chart.destroy());
    const point = choice ? choice.value : results.table[0].point;
    timeline(point);
    latencies(point);
    if (results.sweep) {
      againstLoad("load-latency", "p99Millis", "latency p99, ms", (value) => number.format(value) + " ms");
      againstLoad("load-cost", "dollarsPerMillion", "dollars / 1M commands", dollars);
    }
    months();
  }

  if (choice) choice.addEventListener("change", all);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  const print = (on) => () => {
    document.documentElement.classList.toggle("printing", on);
    all();
  };
  addEventListener("beforeprint", print(true));
  addEventListener("afterprint", print(false));
  all();
})();
