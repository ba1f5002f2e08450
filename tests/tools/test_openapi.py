"""openapi.yaml is sound: what a client generator or a reader would stumble over. `make test-slow` asks a linter besides."""
import json
import pathlib
import re

import jsonschema
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


class StrictLoader(yaml.SafeLoader):
    """Duplicate keys are an error; dates stay text."""


def mapping(loader, node, deep=True):
    keys = [loader.construct_object(key, deep=deep) for key, _ in node.value]
    twice = {key for key in keys if keys.count(key) > 1}
    assert not twice, f"line {node.start_mark.line + 1}: {twice} given twice"
    return dict(zip(keys, (loader.construct_object(value, deep=deep) for _, value in node.value)))


StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
StrictLoader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:timestamp"]
    for key, rows in StrictLoader.yaml_implicit_resolvers.items()}


@pytest.fixture(scope="module")
def spec():
    return yaml.load((ROOT / "openapi.yaml").read_text(encoding="utf-8"), StrictLoader)


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.suffix in (".yaml", ".yml") else json.loads(path.read_text(encoding="utf-8"))


def walk(node, where="#"):
    yield where, node
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from walk(value, f"{where}/{key}")


def resolve(reference, spec):
    file, _, pointer = reference.partition("#")
    node = load(ROOT / file) if file else spec
    for part in filter(None, pointer.split("/")):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def operations(spec):
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", path, item, item[method]


def deref(node, spec):
    while isinstance(node, dict) and "$ref" in node:
        node = resolve(node["$ref"], spec)
    return node


def test_version_and_head(spec):
    assert re.fullmatch(r"3\.1\.\d", spec["openapi"])
    for key in ("title", "version", "license"):
        assert spec["info"].get(key), key


def test_references_resolve(spec):
    for where, node in walk(spec):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            try:
                resolve(node["$ref"], spec)
            except (KeyError, OSError, TypeError) as fault:
                pytest.fail(f"{where}: {node['$ref']} leads nowhere ({fault!r})")


def test_operations_have_distinct_ids_and_summaries(spec):
    ids = [operation.get("operationId") for _, _, _, operation in operations(spec)]
    assert len(ids) > 10 and all(ids) and len(set(ids)) == len(ids)
    for name, _, _, operation in operations(spec):
        assert operation.get("summary"), name


def test_path_parameters_are_declared(spec):
    for name, path, item, operation in operations(spec):
        declared = {p["name"]: p for p in (deref(p, spec) for p in item.get("parameters", []) + operation.get("parameters", []))
                    if p["in"] == "path"}
        assert set(re.findall(r"{([^}]+)}", path)) == set(declared), name
        assert all(p.get("required") is True for p in declared.values()), name


def test_parameters_have_schemas_and_descriptions(spec):
    for name, _, item, operation in operations(spec):
        seen = set()
        for parameter in (deref(p, spec) for p in item.get("parameters", []) + operation.get("parameters", [])):
            key = (parameter["in"], parameter["name"])
            assert key not in seen, f"{name}: {key} twice"
            seen.add(key)
            assert parameter.get("schema") and parameter.get("description"), f"{name}: {key}"


def test_every_operation_says_how_it_succeeds_and_fails(spec):
    for name, _, _, operation in operations(spec):
        codes = set(map(str, operation["responses"]))
        assert any(code[0] in "23" for code in codes), name
        for code, response in operation["responses"].items():
            assert deref(response, spec).get("description"), f"{name} {code}"


def test_schemas_are_schemas(spec):
    for path in sorted((ROOT / "schema").glob("*.schema.json")):
        jsonschema.Draft202012Validator.check_schema(load(path))
    for name, schema in spec.get("components", {}).get("schemas", {}).items():
        if "$ref" not in schema:
            jsonschema.Draft202012Validator.check_schema(schema)


def test_no_component_is_unused(spec):
    used = {node["$ref"] for _, node in walk(spec) if isinstance(node, dict) and isinstance(node.get("$ref"), str)}
    for kind, components in spec.get("components", {}).items():
        if kind == "securitySchemes":
            continue
        for name in components:
            assert f"#/components/{kind}/{name}" in used, f"components/{kind}/{name} is used nowhere"
