"""HTTP as a case speaks it to a backend: with a limit, and with a status where urllib raises."""

import json
import urllib.error
import urllib.parse
import urllib.request

from lab.verdict import Failed

SECONDS = 30
JSON = "application/json"


def get(url, parameters=None, headers=None):
    """Status and text; status 0 where nobody answers."""
    query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
    return _ask(urllib.request.Request(url + query, headers=headers or {}))


def get_json(url, parameters=None, headers=None):
    """What a good answer holds."""
    status, text = get(url, parameters, headers)
    if status != 200:
        raise Failed(f"{url} {parameters}: HTTP {status} {text[:300]} (expected: 200)")
    return json.loads(text)


def post(url, body, content_type, headers=None):
    """Status and text."""
    data = body if isinstance(body, bytes) else body.encode()
    return _ask(urllib.request.Request(url, data, {"Content-Type": content_type, **(headers or {})}))


def post_otlp(url, signal, request, tenant=None):
    """OTLP/JSON to an endpoint, which must take all of it."""
    headers = {"X-Scope-OrgID": tenant} if tenant else {}
    body = request if isinstance(request, str) else json.dumps(request)
    status, text = post(f"{url}/v1/{signal}", body, JSON, headers)
    if status not in (200, 204):
        raise Failed(f"{url}/v1/{signal}: HTTP {status} {text[:300]} (expected: 200)")


def is_ready(url):
    return get(url)[0] == 200


def _ask(request):
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode(errors="replace")
    except (urllib.error.URLError, OSError):
        return 0, ""
