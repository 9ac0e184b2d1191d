"use strict";
// What pages can do beyond being read: charts to look into, and a form that says
// what it would cover while somebody fills it in. Everything works without it.
(() => {
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

  // tableOf reads a chart's numbers from the table behind it.
  const tableOf = (figure) => {
    const rows = [...figure.querySelectorAll(".numbers tbody tr")];
    const names = [...figure.querySelectorAll(".numbers thead th")].slice(1).map((th) => th.textContent);
    const value = (cell) => {
      const text = cell.textContent.replace(/[,\s]/g, "");
      return text === "" || isNaN(Number(text)) ? null : Number(text);
    };
    return {
      names,
      weeks: rows.map((tr) => tr.querySelector("th").textContent.trim()),
      columns: names.map((_, i) => rows.map((tr) => value(tr.querySelectorAll("td")[i]))),
    };
  };

  // marksOf are the weeks in which something happened, each with its numbers in the list.
  const marksOf = (figure) => {
    const weeks = new Map();
    figure.querySelectorAll(".marks li").forEach((li, i) => weeks.set(li.dataset.week, [...(weeks.get(li.dataset.week) || []), i + 1]));
    return [...weeks].map(([week, all]) => ({ week, n: all.length > 1 ? all[0] + "–" + all[all.length - 1] : all[0] }));
  };

  // labels stand at the ends of lines; marks stand on the axis.
  const annotate = (figure, table) => (u) => {
    const ctx = u.ctx, ratio = devicePixelRatio || 1;
    ctx.save();
    ctx.font = `${13 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
    ctx.fillStyle = token("ink");
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    let before = -Infinity;
    const ends = table.columns.map((column, i) => {
      let at = column.length - 1;
      while (at > 0 && column[at] === null) at--;
      return { at, i, y: u.valToPos(column[at] || 0, "y", true) };
    }).sort((a, b) => a.y - b.y);
    for (const end of ends) {
      const value = table.columns[end.i][end.at];
      if (value === null) continue;
      before = Math.max(end.y, before + 16 * ratio);
      ctx.fillText(`${value} ${table.names[end.i]}`, u.valToPos(end.at, "x", true) + 10 * ratio, before);
    }
    ctx.strokeStyle = token("edge");
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    for (const mark of marksOf(figure)) {
      const x = u.valToPos(table.ids.indexOf(mark.week), "x", true);
      ctx.beginPath();
      ctx.moveTo(x, u.bbox.top);
      ctx.lineTo(x, u.bbox.top + u.bbox.height);
      ctx.stroke();
      ctx.fillText(String(mark.n), x + 4 * ratio, u.bbox.top + 6 * ratio);
    }
    ctx.restore();
  };

  const draw = (figure) => {
    const table = tableOf(figure);
    table.ids = [...figure.querySelectorAll(".numbers tbody tr")].map((tr) => tr.dataset.week);
    if (table.weeks.length < 2 || !table.columns.length) return;
    const place = figure.querySelector(".plotting");
    place.replaceChildren();
    const last = table.weeks.length - 1;
    const short = (week) => (week || "").split(",")[0].replace(/^(\d+ \p{L}{3})\p{L}*/u, "$1");
    const axis = { stroke: token("muted"), grid: { stroke: token("line"), width: 1 }, ticks: { show: false }, font: `13px ${getComputedStyle(document.body).fontFamily}` };
    const runs = figure.dataset.running === "true";
    const finished = (column) => column.map((v, i) => (runs && i === last ? null : v));
    const running = (column) => column.map((v, i) => (!runs || i < last - 1 ? null : v));
    const stroke = (i) => token(i === 0 ? "accent" : "settled");
    const series = [{ label: "Week", value: (_, v) => (v === null ? "" : table.weeks[v]) }];
    const columns = [];
    table.names.forEach((name, i) => {
      columns.push(finished(table.columns[i]), running(table.columns[i]));
      series.push({ label: name, stroke: stroke(i), width: 2, dash: i === 0 ? [] : [6, 4], points: { show: false }, value: (u, v, s, at) => (at === null ? "" : String(table.columns[i][at] ?? "not known")) });
      series.push({ label: name + " so far", stroke: stroke(i), width: 2, dash: [2, 4], points: { show: false } });
    });
    const width = Math.max(200, place.parentElement.clientWidth);
    const top = Number(figure.dataset.top);
    figure.plot = new uPlot({
      width, height: width < 500 ? 200 : 240, padding: [10, width < 500 ? 78 : 110, 0, 0], series,
      scales: { x: { time: false }, y: { range: [0, top] } },
      axes: [
        { ...axis, grid: { show: false }, gap: 10, values: (_, ticks) => ticks.map((t) => (Number.isInteger(t) ? short(table.weeks[t]) : "")), space: 80 },
        { ...axis, size: 34 },
      ],
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
      legend: { live: true, markers: { show: false } },
      hooks: {
        draw: [annotate(figure, table)],
        ready: [(u) => {
          u.root.querySelectorAll(".u-legend .u-series").forEach((row, i) => { row.hidden = i > 0 && i % 2 === 0; });
          u.setLegend({ idx: last });
        }],
      },
    }, [table.weeks.map((_, i) => i), ...columns], place);
    figure.classList.add("plotted");
  };

  const drawAll = () => document.querySelectorAll("figure.chart").forEach((figure) => { if (window.uPlot) draw(figure); });
  drawAll();
  document.addEventListener("charts", drawAll); // there is another picture
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  let waiting = 0;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(drawAll, 120); });

  // On a phone the rail is longer than the row: where somebody is stands in view.
  const here = document.querySelector(".rail li a[aria-current]");
  if (here) here.closest("ul").scrollLeft = here.offsetLeft - here.closest("ul").offsetLeft - 40;

  // The form to waive says what it would hold back as soon as a choice is made.
  document.querySelectorAll("form[data-breadth]").forEach((form) => {
    const says = form.querySelector("[data-says]");
    const ask = async () => {
      const chosen = new FormData(form).get("scope");
      if (!chosen) return;
      try {
        const answer = await fetch(form.dataset.breadth + "?" + new URLSearchParams({ scope: chosen }), { headers: { Accept: "application/json" } });
        if (answer.ok) says.textContent = (await answer.json()).text;
      } catch { /* the next page says it */ }
    };
    form.addEventListener("change", (event) => { if (event.target.name === "scope") ask(); });
    ask();
  });
})();
