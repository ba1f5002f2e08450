"""One wire story in several papers: who printed it first, who else did, and lists that show it once."""
from conftest import pages

STORY = [
    "Le conseil régional a adopté mardi soir un plan de soutien aux éleveurs touchés par la sécheresse.",
    "Quarante millions d'euros seront versés dès le mois de mai, selon un calendrier présenté aux syndicats.",
    "« Nous avons tenu parole devant toute la ville », a déclaré Anne Lebrun, maire de Dieppe.",
    "Plusieurs élus de l'opposition ont jugé la somme insuffisante et demandé un fonds permanent.",
    "La chambre d'agriculture rappelle que trois étés de suite ont laissé les prairies sans herbe.",
    "Une cellule d'écoute ouvrira à Rennes pour les familles qui ne savent plus régler leurs fournisseurs.",
]
OTHER = [
    "Un incendie a détruit dans la nuit une ancienne filature au bord du canal, sans faire de blessé.",
    "Les pompiers ont lutté jusqu'à l'aube contre les flammes qui menaçaient deux immeubles de Dieppe.",
    "Une enquête a été ouverte et l'accès au quai reste interdit jusqu'à nouvel ordre, dit la mairie.",
]


def put(api, name, title, paragraphs, day):
    return api.post("\n\n".join([title, *paragraphs]), status=None, url=f"https://{name}.example/a", source=name,
                    published_at=f"2026-02-{day:02}T08:00:00Z").json()["id"]


def fill(api):
    return {"second": put(api, "second", "Un plan pour les éleveurs", STORY[:5], 5),
            "wire": put(api, "wire", "Sécheresse : la région aide les éleveurs", STORY, 4),
            "third": put(api, "third", "Sécheresse", STORY + OTHER[2:], 6),
            "fire": put(api, "fire", "Une filature en feu", OTHER, 6)}


def test_the_first_publisher_stands_for_all(api):
    ids = fill(api)
    for name in ("second", "third"):
        article = api.json(f"/articles/{ids[name]}")
        assert article["duplicate_of"] == ids["wire"]
        assert article["counts"]["duplicates"] == 2
    assert api.json(f"/articles/{ids['wire']}")["duplicate_of"] is None
    page = api.json(f"/articles/{ids['second']}/duplicates")
    assert [item["article"]["id"] for item in page["items"]] == [ids["wire"], ids["third"]]
    assert [item["first"] for item in page["items"]] == [True, False]
    assert page["items"][0]["similarity"] > 0.9 > page["items"][1]["resemblance"]
    assert page["total"] == 2 and page["total_is_exact"]
    assert api.items(f"/articles/{ids['fire']}/duplicates") == []
    paged = pages(api, f"/articles/{ids['second']}/duplicates", limit=1)
    assert [[item["article"]["id"] for item in page] for page in paged] == [[ids["wire"]], [ids["third"]]]


def test_lists_collapse(api):
    ids = fill(api)
    page = api.json("/articles", collapse="duplicates")
    assert {item["id"] for item in page["items"]} == {ids["wire"], ids["fire"]} and page["total"] == 2
    assert api.json("/articles")["total"] == 4
    assert api.json("/articles", collapse="duplicates", limit=1)["total"] == 2
    assert api.json("/articles", collapse="duplicates", source="second")["total"] == 0
    assert api.json("/articles", collapse="duplicates", source="wire", limit=1)["total"] == 1
    assert api.json("/articles", collapse="duplicates", q="secheresse")["total"] == 1
    whole = api.json("/entities/Anne%20Lebrun/articles")
    page = api.json("/entities/Anne%20Lebrun/articles", collapse="duplicates")
    assert (whole["total"], page["total"], [item["id"] for item in page["items"]]) == (3, 1, [ids["wire"]])
    api.refused(400, "invalid", "GET", "/articles", params={"collapse": "yes"}, field="collapse")


def test_deleted_and_revised(api):
    ids = fill(api)
    tag = api.get("/articles", params={"collapse": "duplicates"}).headers["ETag"]
    assert api.call("DELETE", f"/articles/{ids['wire']}").status_code == 200
    assert api.get("/articles", params={"collapse": "duplicates"}).headers["ETag"] != tag
    assert api.json(f"/articles/{ids['third']}")["duplicate_of"] == ids["second"]
    assert api.call("GET", f"/articles/{ids['wire']}/duplicates").status_code == 410
    put(api, "second", "Une filature en feu", OTHER, 5)
    assert api.json(f"/articles/{ids['third']}")["duplicate_of"] is None
    assert api.json(f"/articles/{ids['fire']}")["duplicate_of"] == ids["second"]
