"""The server and archive of tests/api, and a browser."""
import importlib.util
import pathlib
import sys

API = pathlib.Path(__file__).parent.parent / "api"
sys.path.insert(0, str(API))

_spec = importlib.util.spec_from_file_location("api_conftest", API / "conftest.py")
_api = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_api)

contract, start, archive = _api.contract, _api.start, _api.archive

from browser import browser  # noqa: E402, F401
