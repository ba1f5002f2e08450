"""What people open in a browser: the reference, an article's page, and the example of a client, from another origin."""
import functools
import http.server
import threading

import pytest


def test_reference_shows_every_operation_and_tries_one(archive, browser, contract):
    browser.open(archive.base + "/docs")
    count = sum(method in item for item in contract.spec["paths"].values() for method in ("get", "post", "put", "patch", "delete"))
    tagged = sum(len(item[method]["tags"]) for item in contract.spec["paths"].values() for method in item if method in
                 ("get", "post", "put", "patch", "delete"))
    browser.until(f"document.querySelectorAll('.opblock').length === {tagged}", 40)
    assert tagged >= count
    # Opens GET /entities, asks, and reads the reply where the reader sees it.
    browser.evaluate("document.querySelector('#operations-entities-listEntities .opblock-summary-control').click()")
    browser.until("/curl -s/.test(document.querySelector('#operations-entities-listEntities').textContent)", 40)
    browser.until("document.querySelector('#operations-entities-listEntities .parameters')", 40)
    browser.evaluate("document.querySelector('#operations-entities-listEntities .execute').click()")
    browser.until("/Anne Lebrun/.test(document.querySelector('#operations-entities-listEntities .live-responses-table').innerText)", 40)
    assert not browser.complaints()
    assert all(url.startswith((archive.base, "data:", "blob:")) for url in browser.requests()), browser.requests()


def test_page_of_an_article(archive, browser):
    browser.open(f"{archive.base}/articles/{archive.ids['port']}.html")
    assert browser.evaluate("document.querySelector('span.quote').innerText").startswith("Nous avons tenu parole")
    # The style applies: the policy's digest is right.
    assert browser.evaluate("getComputedStyle(document.querySelector('span.quote')).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert not [c for c in browser.complaints() if "favicon" not in str(c)]


@pytest.fixture
def elsewhere(root):
    """The examples, served by another origin."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                             functools.partial(Quiet, directory=root / "server" / "docs" / "examples"))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_example_of_a_client(start, browser, elsewhere):
    api = start("--open-writes")
    for number in range(12):
        api.post(f"« Voici la phrase numéro {number} », a dit Anne Lebrun, maire de Dieppe.", published_at="2026-01-01",
                 external_id=f"n{number}", lang="fr")
    browser.open(f"{elsewhere}/search.html?api={api.base}")
    browser.evaluate("""(() => { const box = document.getElementById("name"); box.value = "lebr";
                        box.dispatchEvent(new Event("input")); })()""")
    browser.until("[...document.querySelectorAll('#names button')].some((b) => b.textContent.startsWith('Anne Lebrun (12)'))")
    browser.evaluate("[...document.querySelectorAll('#names button')].find((b) => b.textContent.startsWith('Anne Lebrun')).click()")
    seen = 0
    for expected in (5, 10, 12):
        browser.until(f"document.querySelectorAll('blockquote').length === {expected}")
        if expected < 12:
            browser.until("!document.getElementById('more').hidden")
            browser.evaluate("document.getElementById('more').click()")
        seen = expected
    browser.until("document.getElementById('more').hidden")
    texts = browser.evaluate("[...document.querySelectorAll('blockquote')].map((q) => q.firstChild.textContent)")
    assert seen == 12 and len(set(texts)) == 12 and all("phrase numéro" in text for text in texts)
    assert "maire de Dieppe" in browser.evaluate("document.querySelector('cite').textContent")
    assert browser.evaluate("document.getElementById('state').textContent") == "12 quotes"
    assert not [c for c in browser.complaints() if "favicon" not in str(c)]
