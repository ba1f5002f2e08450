"""The figures of bench.py as tables with their targets, as a chart, and in the README."""
import html
import json
import math
import pathlib
import re

import loopback

NAMES = {"nginx": "nginx, the replies as files", "constant": "libmicrohttpd, a constant body", "kept": "guillemet, as it comes",
         "cold": "guillemet, each reply made anew", "fastify": "Fastify + better-sqlite3, 2 processes", "fastapi": "FastAPI + uvicorn, 2 processes"}
KINDS = {"list": "`/articles`, 20 of them", "article": "`/articles/{id}`", "entity": "`/entities/{id}`", "quotes": "`/entities/{id}/quotes`, 20 of them"}
COLD = {"list": 3.0, "article": 1.6, "entity": 1.6, "quotes": 4.0}
LESS_THAN_FASTIFY = {"list": 12, "article": 12, "quotes": 7, "entity": 3}
CACHE_MIB = 16
README = loopback.ROOT / "README.md"
LATEST = loopback.ROOT / "tests" / "bench" / "latest"
BLOCK = re.compile(r"(<!-- make bench-readme writes this -->\n).*?(<!-- until here -->)", re.DOTALL)


def target(what, figure, unit, aim, met):
    """`figure` None: not measured here."""
    return {"what": what, "figure": figure, "unit": unit, "target": aim, "met": None if figure is None else bool(met)}


def at_most(what, figure, aim, unit="×"):
    return target(what, figure, unit, f"≤ {aim}", figure is not None and figure <= aim)


def at_least(what, figure, aim, unit="×"):
    return target(what, figure, unit, f"≥ {aim}", figure is not None and figure >= aim)


def ratio(result, kind, name, other):
    """CPU time of `name` over that of `other`; None when one was left out."""
    figures = result["contenders"]["figures"]
    if name not in figures or other not in figures:
        return None
    return round(figures[name][kind]["at_64"]["cpu_us"] / max(figures[other][kind]["at_64"]["cpu_us"], 1e-9), 2)


def grown(result):
    """(from, to, {kind: CPU time on the largest archive over that on the smallest})."""
    sizes = sorted(result["growth"], key=int)
    first, last = result["growth"][sizes[0]], result["growth"][sizes[-1]]
    return int(sizes[0]), int(sizes[-1]), {kind: round(last[kind]["cpu_us"] / max(first[kind]["cpu_us"], 1e-9), 2) for kind in first}


def targets(result):
    rows = [at_most(f"kept {kind}: CPU over nginx's", ratio(result, kind, "kept", "nginx"), 1.4) for kind in KINDS]
    rows += [at_most(f"cold {kind}: CPU over nginx's", ratio(result, kind, "cold", "nginx"), COLD[kind]) for kind in KINDS]
    rows += [at_least(f"cold {kind}: CPU less than Fastify's", ratio(result, kind, "fastify", "cold"), LESS_THAN_FASTIFY[kind]) for kind in KINDS]
    alone, beside = (result["beside_ingest"][k]["p99_ms"] for k in ("alone", "beside"))
    over = round(beside / max(alone, 1e-9), 2) if result["beside_ingest"]["all_the_while"] else None
    rows.append(at_most("p99 at 64 connections while ingesting at full speed, over p99 without", over, 3))
    rows.append(at_most("memory of its own (RssAnon), kept replies included", result["contenders"]["memory"]["kept"]["anon_mib"], 64 + CACHE_MIB, " MiB"))
    rows.append(at_most("ingest: CPU of an article of 3 KB", result["ingest"]["all_ms"], 2, " ms"))
    first, last, ratios = grown(result)
    rows += [at_most(f"growth {first:,} → {last:,}: CPU of cold {kind}", n, 2) for kind, n in ratios.items()]
    largest = result["archives"][str(last)]
    rows.append(at_most(f"database of {last:,} over its text", round(largest["database_bytes"] / largest["text_bytes"], 2), 4))
    rows.append(at_most("start to first answer", result["first_answer_ms"], 100, " ms"))
    return rows


def short(number):
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}"


def contenders_table(result):
    measured = result["contenders"]
    lines = []
    for kind, shown in KINDS.items():
        lines += [f"| {shown}, {measured['bytes'][kind] / 1000:.1f} KB | CPU µs | × nginx | requests/s | p50, p99 ms at 64 | p50, p99 ms at 1 |",
                  "|---|---:|---:|---:|---:|---:|"]
        for name in (n for n in NAMES if n in measured["figures"]):
            many, one, times = measured["figures"][name][kind]["at_64"], measured["figures"][name][kind]["at_1"], ratio(result, kind, name, "nginx")
            lines.append(f"| {NAMES[name]} | {short(many['cpu_us'])} | {'–' if times is None else f'{times:.2f}'} | {many['per_second']:,.0f} | "
                         f"{many['p50_ms']:.2f}, {many['p99_ms']:.2f} | {one['p50_ms']:.2f}, {one['p99_ms']:.2f} |")
        lines.append("")
    return lines


def memory_table(result):
    memory = result["contenders"]["memory"]
    return ["| memory after that, MiB | resident | of its own |", "|---|---:|---:|",
            *(f"| {NAMES[name]} | {memory[name]['rss_mib']:.0f} | {memory[name]['anon_mib']:.0f} |" for name in NAMES if name in memory), ""]


def growth_table(result):
    sizes = sorted(result["growth"], key=int)
    return [f"| CPU µs, made anew, articles: | {' | '.join(f'{int(s):,}' for s in sizes)} |", f"|---|{'---:|' * len(sizes)}",
            *(f"| {kind} | {' | '.join(short(result['growth'][s][kind]['cpu_us']) for s in sizes)} |" for kind in result["growth"][sizes[0]]), ""]


PARTS = {"HTTP": ("libmicrohttpd", "http/"), "SQLite": ("SQLite",), "JSON": ("JSON",), "store/": ("store/",), "api/": ("api/",)}


def instructions_table(result):
    if not result["instructions"]:
        return []
    lines = [f"| instructions, made anew, outside the kernel | all | {' | '.join(PARTS)} | the rest |", f"|---|{'---:|' * (len(PARTS) + 2)}"]
    for kind, groups in result["instructions"].items():
        whole = sum(groups.values())
        shares = [sum(groups.get(group, 0) for group in part) / whole for part in PARTS.values()]
        lines.append(f"| {KINDS[kind]} | {whole:,} | {' | '.join(f'{s:.0%}' for s in shares)} | {1 - sum(shares):.0%} |")
    return [*lines, ""]


def floors(result):
    """{kind: a multiple of nginx}: what a reply made anew would cost if nothing but HTTP and the SQL that is there cost anything."""
    figures, found = result["contenders"]["figures"], {}
    for kind, groups in (result["instructions"] or {}).items():
        if {"nginx", "constant", "cold"} <= figures.keys():
            us = {name: figures[name][kind]["at_64"]["cpu_us"] for name in ("nginx", "constant", "cold")}
            beyond = sum(n for group, n in groups.items() if group not in PARTS["HTTP"])
            found[kind] = round((us["constant"] + max(us["cold"] - us["constant"], 0) * groups.get("SQLite", 0) / max(beyond, 1)) / max(us["nginx"], 1e-9), 1)
    return found


def floors_line(result):
    said = ", ".join(f"{kind} {times}" for kind, times in floors(result).items())
    return [f"Were HTTP (as the constant body's) and SQLite's part of the rest all that a reply made anew costs, it would be, × nginx: {said}.", ""] if said else []


def targets_table(result):
    words = {True: "met", False: "**not met**", None: "not measured"}
    return ["| target | figure | aim | |", "|---|---:|---:|---|",
            *(f"| {t['what']} | {'–' if t['figure'] is None else str(t['figure']) + t['unit']} | {t['target']}{t['unit']} | {words[t['met']]} |"
              for t in result["targets"]), ""]


def about(result):
    large, machine, ingest = result["archives"][str(result["articles"])], result["machine"], result["ingest"]
    beside = result["beside_ingest"]
    absent = "".join(f" Left out: {name}, because {why}." for name, why in result["contenders"]["absent"].items())
    return (f"{result['when']}, {machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB, shared with wrk; load {machine['load'][0]} before, "
            f"{machine['load_after'][0]} after. {result['articles']:,} synthetic articles of {large['text_bytes'] / large['articles'] / 1000:.1f} KB with "
            f"{large['mentions'] / large['articles']:.0f} names and {large['quotes'] / large['articles']:.1f} quotes each, brought in by `guillemet ingest` "
            f"({large['ingest_wall_s'] / 60:.0f} minutes, not part of the run; {large['ingest_cpu_ms']} ms of CPU each). Medians of {result['rounds']} rounds (of 2 "
            f"at one connection), {result['took_s']} s in all. Ingesting beside requests: {beside['articles_per_second']} articles/s, p99 "
            f"{beside['beside']['p99_ms']:.1f} ms, without {beside['alone']['p99_ms']:.1f}. Into {min(map(int, result['archives'])):,} articles: "
            f"{ingest['all_ms']} ms of CPU an article (read {ingest['stages_ms']['read']}, analyse {ingest['stages_ms']['analyse']}, render "
            f"{ingest['stages_ms']['render']}, store {ingest['stages_ms']['store']}), {ingest['per_second']} a second.{absent}")


def markdown(result):
    return "\n".join([about(result), "", *contenders_table(result), *memory_table(result), *growth_table(result), *instructions_table(result), *floors_line(result), *targets_table(result)])


# ---- a chart


COLOURS = {"nginx": "#8a8f98", "constant": "#b9bec6", "kept": "#1f6f54", "cold": "#3fa37c", "fastify": "#c9772b", "fastapi": "#8e5ea2"}
WIDTH, LEFT, BAR, ROW = 860, 250, 18, 22
DECADES = 4  # from 10 µs


def chart(result):
    """CPU time per request on a logarithmic scale, as SVG."""
    figures = result["contenders"]["figures"]
    names, y, parts = [n for n in NAMES if n in figures], 40, []
    for kind in KINDS:
        parts.append(f'<text x="10" y="{y + 12}" class="k">GET {html.escape(KINDS[kind].replace("`", ""))}</text>')
        y += ROW
        for name in names:
            us = figures[name][kind]["at_64"]["cpu_us"]
            long = max(2, (WIDTH - LEFT - 90) * math.log10(max(us / 5, 1)) / DECADES)
            parts.append(f'<text x="{LEFT - 8}" y="{y + 13}" class="n">{html.escape(NAMES[name].split(",")[0] if name not in ("kept", "cold") else NAMES[name])}</text>'
                         f'<rect x="{LEFT}" y="{y}" width="{long:.0f}" height="{BAR}" fill="{COLOURS[name]}"/>'
                         f'<text x="{LEFT + long + 6:.0f}" y="{y + 13}">{short(us)} µs</text>')
            y += ROW
        y += 12
    title = f"CPU time of one request, {result['articles']:,} articles, logarithmic scale ({result['when']})"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" font-size="12" role="img">'
            f'<title>{title}</title><style>.n{{text-anchor:end}}.k{{font-weight:bold}}</style><rect width="100%" height="100%" fill="#fff"/>'
            f'<text x="10" y="22" font-size="14">{title}</text>{"".join(parts)}</svg>\n')


# ---- the README


def into_readme(path, readme=README, latest=LATEST):
    """The result's tables into the README's block, and its figures and chart beside this file."""
    if not pathlib.Path(path).exists():
        print(f"bench: {path} is missing; make bench writes it")
        return 1
    result = json.loads(pathlib.Path(path).read_text())
    if result["smoke"]:
        print("bench: these are the figures of a smoke test; make bench measures")
        return 1
    text = readme.read_text(encoding="utf-8")
    if not BLOCK.search(text):
        print(f"bench: {readme} has lost the marks between which the tables go")
        return 1
    title = "CPU time of one request by server"
    body = f"{markdown(result)}\n![{title}](tests/bench/{latest.name}.svg)\n"
    readme.write_text(BLOCK.sub(lambda m: m.group(1) + body + m.group(2), text), encoding="utf-8")
    slim = {**result, "contenders": {k: v for k, v in result["contenders"].items() if k != "rounds"}}
    latest.with_suffix(".json").write_text(json.dumps(slim, indent=1) + "\n")
    latest.with_suffix(".svg").write_text(chart(result))
    print(f"{readme.name} has the figures of {result['when']}")
    return 0
