"""What `make test-slow` tells schemathesis about this API that a schema can't say (SCHEMATHESIS_HOOKS)."""
import schemathesis


@schemathesis.hook
def map_query(context, query):
    """With fields= an object has less than its schema requires; tests/api checks that with schemas of their own."""
    if query:
        query.pop("fields", None)
    return query


@schemathesis.serializer("application/x-ndjson")
def write_lines(context, value):
    return value.encode() if isinstance(value, str) else b""


@schemathesis.deserializer("application/x-ndjson", "text/csv", "text/html", "text/plain", "application/atom+xml", "text/javascript",
                           "text/css", "application/yaml")
def read_text(context, response):
    return response.content.decode("utf-8")
