"""Explanations: plain sentences for every quote of the archive, none of them a shrug."""
import json


def test_every_quote_of_the_archive(archive):
    for quote in archive.items("/quotes", limit=1000):
        assert "explanation" not in quote
        whole = archive.json(quote["links"]["self"], explain="true")
        why = whole.pop("explanation")
        assert whole == quote == archive.json(quote["links"]["self"], explain="false")
        assert "another version" not in why["span"] + why["speaker"]
        assert why["type"].lower().startswith(quote["type"])
        assert why["speaker"].startswith(quote["speaker"]["name"] if quote["speaker"] else "Nobody")
        assert (why["cue"] is None) == (quote["cue"] is None)
        assert not quote["cue"] or quote["cue"]["text"] in why["cue"]


def test_a_correction_says_so(api):
    api.post("Zug\n\n« Tout est prêt pour la fête », a déclaré Anne Lebrun.\n\nPaul Lebrun était là.")
    path = api.items("/quotes")[0]["links"]["self"]
    api.call("PATCH", path, json={"speaker": "Paul Lebrun"})
    why = api.json(path, explain="true")["explanation"]
    assert why["speaker"] == "Paul Lebrun: a person decided it." and "A person corrected" in why["span"]


def test_refused(archive):
    path = archive.items("/quotes")[0]["links"]["self"]
    archive.refused(400, "invalid", "GET", path + "?explain=yes", field="explain")
    archive.refused(400, "unknown_parameter", "GET", path + "?explian=true", field="explian", nearest="explain")


def test_the_samples_from_the_command_line(run, contract, root):
    explained = 0
    for sample in sorted((root / "tests/samples").glob("*.txt")):
        analysis = json.loads(run("analyse", "--explain", str(sample), check=True).stdout)
        contract.validate(analysis, "analysis")
        for quote in analysis["quotes"]:
            assert "another version" not in quote["explanation"]["span"] + quote["explanation"]["speaker"], quote
            explained += 1
    assert explained > 30
