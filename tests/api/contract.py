"""openapi.yaml and schema/ as a judge: every reply of every API test is held against them.

Schemas are closed for the tests (a property that isn't described fails), though clients are told to expect more.
"""
import json
import pathlib
import re
from urllib.parse import urlsplit

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BASE = "https://contract.invalid/"
# What says something about the reply that a client acts on; the rest (Date, Vary, CORS…) is the same everywhere.
HEADERS = {"etag", "link", "location", "retry-after", "www-authenticate", "last-modified", "preference-applied", "idempotency-replayed",
           "content-disposition", "allow"}


def closed(node, sparse=False):
    """`sparse`: nothing is required, as with fields=."""
    if isinstance(node, dict):
        node = {key: closed(value, sparse) for key, value in node.items()}
        if sparse and isinstance(node.get("required"), list):
            del node["required"]
        if node.get("type") == "object" and "properties" in node and "additionalProperties" not in node:
            node["additionalProperties"] = False
        return node
    return [closed(value, sparse) for value in node] if isinstance(node, list) else node


class Contract:
    def __init__(self):
        self.spec = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
        texts = {BASE + "schema/" + path.name: json.loads(path.read_text(encoding="utf-8"))
                 for path in (ROOT / "schema").glob("*.schema.json")}
        self.store = {name: closed(text) for name, text in texts.items()}
        self.sparse_store = {name: closed(text, sparse=True) for name, text in texts.items()}
        self.patterns = sorted(
            ((re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", re.escape(path).replace(r"\{", "{").replace(r"\}", "}")) + "$"), path)
             for path in self.spec["paths"]), key=lambda pair: pair[1].count("{"))

    def deref(self, node):
        while "$ref" in node and node["$ref"].startswith("#/"):
            target = self.spec
            for part in node["$ref"][2:].split("/"):
                target = target[part]
            node = target
        return node

    def path_of(self, raw):
        """Literal paths first; an address that ends in a format is the one without it."""
        found = next((path for pattern, path in self.patterns if pattern.match(raw)), None)
        stem, dot, suffix = raw.rpartition(".")
        if dot and suffix in self.formats:
            bare = next((path for pattern, path in self.patterns if pattern.match(stem)), None)
            if bare and "format" in [p["name"] for p in self.parameters(bare, "get") if p["in"] == "query"]:
                return bare
        return found

    @property
    def formats(self):
        return self.spec["components"]["parameters"]["format"]["schema"]["enum"]

    def rows_schema(self, content):
        """What each line of NDJSON is: an item of the list's own schema; of a timeline a bucket."""
        name = content["application/json"]["schema"]["$ref"]
        return {"$ref": name + ("#/properties/buckets/items" if "timeline" in name else "#/properties/items/items")}

    def operation(self, method, path):
        return self.spec["paths"][path].get({"HEAD": "get"}.get(method, method.lower()))

    def parameters(self, path, method):
        item = self.spec["paths"][path]
        return [self.deref(p) for p in item.get("parameters", []) + item.get({"head": "get"}.get(method.lower(), method.lower()), {}).get("parameters", [])]

    def validate(self, value, schema, sparse=False):
        """`schema`: as it stands in openapi.yaml, or "article" for schema/article.schema.json."""
        if isinstance(schema, str):
            schema = {"$ref": f"schema/{schema}.schema.json"}
        resolver = jsonschema.RefResolver(BASE + "openapi.yaml", self.spec, store=dict(self.sparse_store if sparse else self.store))
        errors = sorted(jsonschema.Draft202012Validator(schema, resolver=resolver).iter_errors(value), key=str)
        assert not errors, "\n".join(f"{list(error.absolute_path)}: {error.message[:300]}" for error in errors[:5])

    def check(self, reply):
        """A reply to any request: documented status, documented media type, valid body, the usual headers."""
        method, raw = reply.request.method, urlsplit(reply.request.url).path
        where = f"{method} {reply.request.url} → {reply.status_code}"
        assert reply.status_code < 500 or reply.status_code in (503, 507), f"{where}: {reply.text[:500]}"
        media = reply.headers.get("Content-Type", "").split(";")[0]
        if reply.status_code >= 400 and method != "HEAD":
            assert media == "application/problem+json", where
            problem = reply.json()
            self.validate(problem, "problem")
            assert problem["status"] == reply.status_code, where
        path = self.path_of(raw)
        if method == "OPTIONS" or path is None or reply.status_code == 405:
            return reply
        operation = self.operation(method, path)
        assert operation, f"{where}: no such operation in openapi.yaml"
        assert str(reply.status_code) in operation["responses"], f"{where}: status is not documented"
        response = self.deref(operation["responses"][str(reply.status_code)])
        told = {name.lower() for name in response.get("headers", {})}
        sent = {name.lower() for name in reply.headers} & HEADERS
        assert sent <= told, f"{where}: headers that are not documented: {sorted(sent - told)}"
        content = response.get("content", {})
        if method == "HEAD" or not content:
            assert not reply.content, where
            return reply
        assert media in content, f"{where}: {media} is not documented"
        sparse = "fields=" in (urlsplit(reply.request.url).query or "")
        if media == "application/x-ndjson":
            assert reply.content == b"" or reply.content.endswith(b"\n"), where
            lines = reply.content.decode().split("\n")[:-1]
            for line in lines[:20] + lines[20:][-1:]:
                self.validate(json.loads(line), self.rows_schema(content), sparse)
        elif media.endswith("json") and reply.status_code < 400:
            self.validate(reply.json(), content[media]["schema"], sparse)
        if "ETag" in response.get("headers", {}):
            assert re.fullmatch(r'W/"[^"]+"', reply.headers.get("ETag", "")), f"{where}: no ETag"
        return reply
