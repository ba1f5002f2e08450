"""The filter `source` reads names as people type them."""


def test_source_is_folded(api):
    api.post("Il pleut à Brest.", source="L'Écho-du Finistère")
    api.post("Il neige à Metz.", source="Le Quotidien")
    for typed in ("L'Écho-du Finistère", "l’echo du finistere", "L ECHO DU FINISTÈRE"):
        assert [a["source"] for a in api.items("/articles", source=typed)] == ["L'Écho-du Finistère"], typed
    assert api.items("/articles", source="l'echo") == [] == api.items("/quotes", source="…")


def test_the_exact_source_wins(api):
    api.post("Il pleut à Brest.", source="Le Monde")
    api.post("Il neige à Metz.", source="LE MONDE")
    for typed in ("Le Monde", "LE MONDE"):
        assert [a["source"] for a in api.items("/articles", source=typed)] == [typed]
