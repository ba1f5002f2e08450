"""--serve-text: what may not leave the service leaves it by no way, in no format."""
import pytest

SECRET = "rapetassage"  # a word of the text that is in no title and no quote
LONG = "Les grues tournent de nouveau à Dieppe depuis mardi matin, après trois semaines. " * 12
TEXT = (f"Le port rouvre\n\nLa {SECRET} du chapeau, en une phrase qui résume tout.\n\n{LONG}\n\nLa {SECRET} du matin : "
        f"« Nous avons tenu parole devant tous », a déclaré Anne Lebrun, maire de Dieppe, avant la {SECRET} du soir.")
FORMATS = ("json", "ndjson", "csv", "jsonld", "ninjs", "html", "atom")


@pytest.fixture
def filled(start):
    """The same archive, written in full, then served with other rights."""
    api = start("--open-writes")
    made = {source: api.post_json({"text": TEXT, "title": "Le port rouvre", "source": source, "standfirst": f"La {SECRET} en bref",
                                   "url": f"https://gazette.example/{n}"}).json()["id"]
            for n, source in enumerate(("L'Écho", "Le Courrier"))}
    for n, source in enumerate(made):
        api.post_json({"text": TEXT + f" La {SECRET} de la fin.", "title": "Le port rouvre", "source": source,
                       "standfirst": f"La {SECRET} en bref", "url": f"https://gazette.example/{n}"}, 200)
    api.server.stop()
    return lambda *options: (start("--open-writes", *options), made)


def addresses(id, quote, entity):
    of_article = [f"/articles/{id}", f"/articles/{id}?include=text,blocks,entities,quotes", f"/articles/{id}/entities", f"/articles/{id}/quotes",
                  f"/articles/{id}/revisions", f"/articles/{id}/revisions/1", f"/articles/{id}/revisions/2", f"/articles/{id}/revisions/diff",
                  f"/articles/{id}/duplicates"]
    lists = ["/articles", "/articles?include=text,blocks,entities,quotes", f"/articles?q={SECRET}&include=text", f"/batch/articles?ids={id}&include=text",
             "/quotes", f"/quotes/{quote}", f"/quotes/{quote}?explain=true", f"/quotes/{quote}/occurrences", f"/batch/quotes?ids={quote}",
             "/entities", f"/entities/{entity}", f"/entities/{entity}/articles?include=text,quotes", f"/entities/{entity}/quotes", "/stats",
             "/suggest?q=rapet", f"/articles?q={SECRET}&highlight=true&include=text", "/quotes?q=parole&highlight=true", "/articles/changes?include=text,blocks,quotes",
             f"/articles?q={SECRET}&highlight=true&fields=highlights,snippet", "/articles?fields=text,standfirst,quotes.before,quotes.after",
             "/quotes?fields=before,after,text", f"/articles/{id}?fields=text,standfirst&offsets=utf16", f"/articles/{id}/quotes?q=parole&highlight=true",
             f"/articles?q={SECRET}&highlight=true&facets=source,entity", f"/timeline?q={SECRET}", f"/timeline?of=quotes&q=parole&split=source",
             f"/entities/{entity}/related", f"/articles/{id}/revisions/2?offsets=byte", f"/articles/{id}/revisions/diff?from=1&to=2", "/corrections", "/jobs"]
    return of_article + lists


def test_what_may_not_be_shown_is_still_analysed(filled):
    """Undoing a correction analyses the article anew: all of it, whatever the service gives out."""
    api, made = filled("--serve-text", "none")
    quotes = api.items(f"/articles/{made['Le Courrier']}/quotes")
    changed = api.session.patch(f"{api.base}/quotes/{quotes[0]['id']}", json={"reject": True}, timeout=30)
    assert changed.status_code == 200 and api.items(f"/articles/{made['Le Courrier']}/quotes") == []
    number = api.items("/corrections")[0]["number"]
    assert api.session.delete(f"{api.base}/corrections/{number}", timeout=30).status_code in (200, 204)
    assert api.items(f"/articles/{made['Le Courrier']}/quotes") == quotes


def test_none_leaks_nowhere(filled):
    api, made = filled("--serve-text", "none")
    id = made["L'Écho"]
    quote, entity = api.items(f"/articles/{id}/quotes")[0]["id"], api.items(f"/articles/{id}/entities")[0]["id"]
    asked = 0
    for address in addresses(id, quote, entity):
        for format in FORMATS:
            reply = api.session.get(f"{api.base}{address}{'&' if '?' in address else '?'}format={format}", timeout=30)
            assert reply.status_code in (200, 400, 406), f"{address} {format}: {reply.status_code}"
            shown = reply.text.replace(f"q={SECRET}", "")
            assert SECRET not in shown and "Les grues tournent" not in shown, f"{address} {format}: {shown[:800]}"
            asked += reply.status_code == 200
    assert asked > 60
    article = api.json(f"/articles/{id}")
    assert (article["text"], article["standfirst"], article["text_rights"]) == (None, None, "none")
    assert article["title"] == "Le port rouvre" and article["blocks"]
    shown = api.json(f"/quotes/{quote}")
    assert shown["text"] == "Nous avons tenu parole devant tous" and shown["before"] is None and shown["after"] is None
    assert TEXT[shown["spans"][0]["start"]:shown["spans"][0]["end"]] == shown["text"]  # offsets are those of the stored text
    assert api.json("/articles", q=SECRET)["total"] == 2  # what is found is not what is shown


def test_units_of_offsets_need_no_rights(filled):
    full, made = filled()
    id = made["L'Écho"]
    wanted = full.json(f"/articles/{id}/quotes", offsets="utf16")["items"][0]["spans"]
    full.server.stop()
    api, _ = filled("--serve-text", "none")
    assert api.json(f"/articles/{id}/quotes", offsets="utf16")["items"][0]["spans"] == wanted


def test_excerpt(filled):
    api, made = filled("--serve-text", "excerpt")
    article = api.json(f"/articles/{made[chr(76) + chr(39) + 'Écho']}")
    assert article["text_rights"] == "excerpt" and TEXT.startswith(article["text"]) and 250 < len(article["text"]) <= 300
    assert TEXT[len(article["text"])] in " \n" and article["standfirst"]
    diff = api.json(article["links"]["self"] + "/revisions/diff")
    assert all(side["text"] is None for part in diff["paragraphs"] for side in (part["from"], part["to"]) if side)
    assert diff["changes"]["words"]["added"] > 0


def test_by_source(filled):
    """One source is an exception, named without its accent."""
    api, made = filled("--serve-text", "none", "--serve-text-of", " l'echo = full ; AFP=excerpt;")
    rights = {a["source"]: (a["text_rights"], a["text"] is None, a["standfirst"] is None) for a in api.items("/articles", include="text")}
    assert rights == {"L'Écho": ("full", False, False), "Le Courrier": ("none", True, True)}
    contexts = {q["article"]["source"]: q["after"] is None for q in api.items("/quotes")}
    assert contexts == {"L'Écho": False, "Le Courrier": True}


def test_what_a_client_keeps_does_not_outlive_a_change(filled):
    full, made = filled()
    path = f"/articles/{made['Le Courrier']}"
    tag = full.get(path).headers["ETag"]
    assert full.get(path, headers={"If-None-Match": tag}).status_code == 304
    full.server.stop()
    api, _ = filled("--serve-text", "none")
    assert api.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("options, field", [(("--serve-text", "some"), "serve-text"), (("--serve-text-of", "Le Monde"), "serve-text-of"),
                                            (("--serve-text-of", "=none"), "serve-text-of"), (("--serve-text-of", "A=none;B=maybe"), "maybe")])
def test_a_setting_that_is_wrong_stops_the_start(run, tmp_path, options, field):
    done = run("serve", "--listen", "127.0.0.1:0", "--db", tmp_path / "a.db", *options)
    assert done.returncode == 2 and field in done.stderr.decode(), done.stderr
