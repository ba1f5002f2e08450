"""The examples of clients that need no browser: what Grafana's Infinity source would ask, and whether it finds its columns."""
import csv
import io
import json

TIMES = {"${__from:date:iso}": "2026-01-01T00:00:00.000Z", "${__to:date:iso}": "2026-12-31T00:00:00.000Z"}


def select(row, path):
    for name in path.split("."):
        assert name in row, f"{path} isn't there"  # Infinity fails on a missing key
        row = row[name]
        if row is None:
            return None
    return row


def pages_of(archive, target):
    """The requests that a query makes, as the plugin documents them: a cursor is followed while it is there."""
    params = {p["key"]: TIMES.get(p["value"], p["value"]) for p in target["url_options"]["params"]}
    path = target["url"].removeprefix("${api}")
    if target.get("pagination_mode") != "cursor":
        yield archive.get(path, params=params)
        return
    params[target["pagination_param_size_field_name"]] = target["pagination_param_size_value"]
    for _ in range(target["pagination_max_pages"]):
        reply = archive.get(path, params=params)
        yield reply
        cursor = select(reply.json(), target["pagination_param_cursor_extraction_path"])
        if cursor is None:
            return
        params[target["pagination_param_cursor_field_name"]] = cursor


def test_grafana_dashboard(archive, root):
    board = json.loads((root / "server" / "docs" / "examples" / "grafana.json").read_text())
    assert len(board["panels"]) == 3
    for panel in board["panels"]:
        for target in panel["targets"]:
            rows = []
            for small in (None, 2):
                if small and "pagination_mode" in target:
                    target = {**target, "pagination_param_size_value": small}
                for reply in pages_of(archive, target):
                    assert reply.status_code == 200, reply.text[:300]
                    if target["type"] == "csv":
                        rows += [dict(row) for row in csv.DictReader(io.StringIO(reply.content.decode()))]
                        for column in target["columns"]:
                            assert all(column["selector"] in row for row in rows)
                    else:
                        found = reply.json()[target["root_selector"]]
                        for column in target["columns"]:
                            values = [select(row, column["selector"]) for row in found]
                            if column["type"] == "number":
                                assert all(isinstance(value, (int, float)) for value in values)
                        rows += found
            assert rows, panel["title"]
