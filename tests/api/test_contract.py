"""openapi.yaml against the route table, both ways; its examples; what is served of it."""
import json
import re

import pytest
import yaml

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def routes(run):
    return json.loads(run("routes", "--json", check=True).stdout)


def described(contract):
    return {(method.upper(), path): operation for path, item in contract.spec["paths"].items()
            for method, operation in item.items() if method in METHODS}


def test_same_operations_both_ways(contract, routes):
    table = {(route["method"], route["path"]): route["operation_id"] for route in routes}
    assert table == {key: operation["operationId"] for key, operation in described(contract).items()}


def as_table(parameter):
    """A parameter of openapi.yaml in the words of `guillemet routes --json`."""
    schema = parameter["schema"]
    row = {"name": parameter["name"], "default": schema.get("default")}
    if "x-kind" in parameter:
        text = schema.get("items", schema)
        assert schema["type"] == "string" or (parameter["explode"] is True and schema["maxItems"] == 8)
        row |= {"kind": parameter["x-kind"]}
        if row["kind"] != "moment":
            row |= {"least": text["minLength"], "most": text["maxLength"]}
        if row["kind"] == "choices":
            row |= {"choices": parameter["x-choices"]}
            assert all(re.fullmatch(text["pattern"], choice) for choice in row["choices"])
    elif schema["type"] == "array":
        row |= {"kind": "set", "choices": schema["items"]["enum"]}
        assert parameter["explode"] is False
        row["default"] = ",".join(schema["default"]) if "default" in schema else None
    elif "enum" in schema:
        row |= {"kind": "choice", "choices": schema["enum"]}
    elif schema["type"] == "integer":
        row |= {"kind": "integer", "least": schema["minimum"], "most": schema["maximum"], "default": str(schema["default"]) if "default" in schema else None}
    elif schema["type"] == "boolean":
        row |= {"kind": "boolean", "default": str(schema["default"]).lower() if "default" in schema else None}
    elif schema["type"] == "number":
        assert (schema["minimum"], schema["maximum"]) == (0, 1)
        row |= {"kind": "number"}
    elif schema.get("pattern") == "^[a-z2-7]{13}$":
        row |= {"kind": "id"}
    elif "maxLength" in schema:
        row |= {"kind": "string", "least": schema["minLength"], "most": schema["maxLength"]}
    else:
        row |= {"kind": "time"}
    return row


def test_same_parameters_both_ways(contract, routes):
    for route in routes:
        declared = [p for p in contract.parameters(route["path"], route["method"]) if p["in"] == "query"]
        key = lambda row: row["name"]
        assert sorted(map(as_table, declared), key=key) == sorted(route["params"], key=key), route["operation_id"]


def test_bodies_and_security_agree(contract, routes):
    for route in routes:
        operation = contract.operation(route["method"], route["path"])
        assert ("requestBody" in operation) == route["takes_body"], route["operation_id"]
        assert ({"token": []} in operation["security"]) == (route["auth"] != "none"), route["operation_id"]


def test_every_operation_is_told_to_the_reader(contract):
    for (method, path), operation in described(contract).items():
        where = f"{method} {path}"
        assert operation["operationId"] and operation["summary"] and operation["tags"], where
        assert any(code.startswith("4") for code in operation["responses"]), where
        for parameter in contract.parameters(path, method):
            assert parameter["description"] and "example" in parameter, f"{where} {parameter['name']}"


def contents(contract):
    for (method, path), operation in described(contract).items():
        nodes = [operation["requestBody"]] if "requestBody" in operation else []
        for node in nodes + list(operation["responses"].values()):
            for media, content in contract.deref(node).get("content", {}).items():
                yield f"{method} {path} {media}", media, content


def test_examples_are_valid(contract):
    counted = 0
    for where, media, content in contents(contract):
        for name, example in content.get("examples", {}).items():
            contract.validate(contract.deref(example)["value"], content["schema"])
            counted += 1
        assert "json" not in media or "examples" in content or where.split()[1] in ("/openapi.json", "/schema/{name}"), where
    for parameter in contract.spec["components"]["parameters"].values():
        contract.validate(parameter["example"], parameter["schema"])
    assert counted > 30


def test_examples_quote_their_text(contract):
    """Offsets in the examples verify like real ones."""
    analysis = contract.spec["components"]["examples"]["analysis"]["value"]
    text = analysis["text"]
    for entity in analysis["entities"]:
        assert all(text[m["start"]:m["end"]] == m["text"] for m in entity["mentions"])
    for quote in analysis["quotes"]:
        assert " … ".join(text[s["start"]:s["end"]] for s in quote["spans"]) == quote["text"]


def test_served_description_is_the_file(archive, contract, root):
    reply = archive.get("/openapi.yaml")
    assert reply.content == (root / "openapi.yaml").read_bytes()
    assert archive.json("/openapi.json") == yaml.safe_load(reply.content) == contract.spec


def references(node):
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else [])
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_served_references_lead_somewhere(archive, contract, root):
    """A client that got /openapi.json can follow every $ref, relative to where it found it."""
    wanted = {ref.split("#")[0] for ref in references(archive.json("/openapi.json")) if not ref.startswith("#")}
    assert len(wanted) > 8
    done = set()
    while wanted:
        path = wanted.pop()
        reply = archive.get("/" + path)
        assert reply.status_code == 200 and reply.headers["Content-Type"] == "application/schema+json", path
        assert reply.content == (root / path).read_bytes()
        done.add(path)
        wanted |= {"schema/" + ref.split("#")[0] for ref in references(reply.json()) if not ref.startswith("#")} - done
    assert {path.name for path in (root / "schema").glob("*.schema.json")} == {path.split("/")[1] for path in done}


def test_problem_pages(archive):
    assert archive.refused(404, "not_found", "GET", "/problems/not_fond")["nearest"] == "not_found"
    for odd in ("..%2Fgone", "gone.md", "%2e%2e%2fgone", "x" * 200):
        archive.refused(404, "not_found", "GET", "/problems/" + odd)


def test_index_links_work(archive):
    index = archive.json("/")
    assert index["name"] == "guillemet"
    for link in index["links"].values():
        assert archive.get(link).status_code == 200, link


def test_type_of_a_problem_is_its_page(archive):
    problem = archive.refused(404, "not_found", "GET", "/nothing")
    assert re.search(r"No such resource", archive.get(problem["type"]).text)
