"""The judge is judged: replies that break the contract in one way each must not pass it."""
import copy
import json

import pytest


class Told:
    """A reply as requests gives it, with one thing changed."""

    def __init__(self, reply, **changes):
        self.request, self.status_code, self.headers, self.content = reply.request, reply.status_code, reply.headers.copy(), reply.content
        for name, value in changes.items():
            setattr(self, name, value)

    @property
    def text(self):
        return self.content.decode()

    def json(self):
        return json.loads(self.content)


def body(change):
    def apply(reply):
        value = copy.deepcopy(reply.json())
        change(value)
        return Told(reply, content=json.dumps(value).encode())
    return apply


def header(name, value):
    def apply(reply):
        told = Told(reply)
        if value is None:
            del told.headers[name]
        else:
            told.headers[name] = value
        return told
    return apply


WRONG = {
    "a field too many": ("/articles", body(lambda v: v["items"][0].update(extra=1))),
    "a field too few": ("/articles", body(lambda v: v["items"][0].pop("word_count"))),
    "a wrong type": ("/quotes", body(lambda v: v["items"][0].update(confidence="high"))),
    "a value that the list doesn't have": ("/quotes", body(lambda v: v["items"][0].update(type="whispered"))),
    "deep inside": ("/quotes", body(lambda v: v["items"][-1]["spans"][0].update(start=-1))),
    "an envelope without its total": ("/entities", body(lambda v: v.pop("total"))),
    "a status that isn't described": ("/articles", lambda reply: Told(reply, status_code=202)),
    "a server's error": ("/articles", lambda reply: Told(reply, status_code=500)),
    "another media type": ("/articles", header("Content-Type", "text/html")),
    "no tag": ("/articles", header("ETag", None)),
    "a strong tag": ("/articles", header("ETag", '"x"')),
    "a header that isn't described": ("/stats", header("Location", "/x")),
    "no JSON at all": ("/articles", lambda reply: Told(reply, content=b"<html>")),
    "a problem of another form": ("/articles?x=1", body(lambda v: v.pop("code"))),
    "a problem of another status": ("/articles?x=1", body(lambda v: v.update(status=404))),
    "a refusal in another media type": ("/articles?x=1", header("Content-Type", "application/json")),
    "a line without its end": ("/quotes.ndjson", lambda reply: Told(reply, content=reply.content[:-1])),
    "a line of another form": ("/quotes.ndjson", lambda reply: Told(reply, content=b'{"id":1}\n' + reply.content)),
    "with fields=, one that there is not": ("/quotes?fields=id", body(lambda v: v["items"][0].update(extra=1))),
    "with fields=, a wrong type": ("/quotes?fields=id", body(lambda v: v["items"][0].update(id=1))),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_reply_that_breaks_the_contract_is_found(archive, contract, what):
    address, break_it = WRONG[what]
    good = archive.session.get(archive.base + address, timeout=30)
    contract.check(good)  # as it came it passes
    with pytest.raises((AssertionError, json.JSONDecodeError)):
        contract.check(break_it(good))
