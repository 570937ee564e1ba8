"""Local providers that check the signature by the published rules, written apart from the adapters."""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qsl, quote, urlsplit


class Provider:
    """An HTTP server on a free loopback port; `answer` decides, `seen` keeps the requests."""

    def __init__(self, check):
        self.seen, self.answer = [], None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = SimpleNamespace(path=self.path, headers=self.headers, body=body)
                request.fault = check(request)
                outer.seen.append(request)
                status, told = outer.answer(request)
                if status is None:
                    self.connection.close()
                    return
                content = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def check_acs3(secret):
    """Alibaba Cloud's V3 rules: returns '' or what is wrong with a request."""

    def check(request):
        algorithm, _space, rest = request.headers["Authorization"].partition(" ")
        given = dict(part.split("=", 1) for part in rest.split(","))
        address = urlsplit(request.path)
        pairs = sorted(parse_qsl(address.query, keep_blank_values=True))
        query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in pairs)
        names = given["SignedHeaders"].split(";")
        present = {
            k.lower() for k in request.headers if k.lower().startswith("x-acs-") or k.lower() == "host"
        }
        if names != sorted(names) or set(names) != present:
            return "signed headers"
        payload = hashlib.sha256(request.body).hexdigest()
        if request.headers["x-acs-content-sha256"] != payload:
            return "payload hash"
        sent = time.mktime(time.strptime(request.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
        if abs(sent - time.time()) > 900:
            return "date"
        lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
        canonical = f"POST\n{address.path}\n{query}\n{lines}\n{';'.join(names)}\n{payload}"
        to_sign = algorithm + "\n" + hashlib.sha256(canonical.encode()).hexdigest()
        right = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        return "" if (algorithm, given["Signature"]) == ("ACS3-HMAC-SHA256", right) else "signature"

    return check


def check_tc3(secret, service="sms"):
    """Tencent Cloud's V3 rules: returns '' or what is wrong with a request."""

    def check(request):
        algorithm, _space, rest = request.headers["Authorization"].partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(","))
        stamp = request.headers["X-TC-Timestamp"]
        if abs(int(stamp) - time.time()) > 300:
            return "timestamp"
        day = time.strftime("%Y-%m-%d", time.gmtime(int(stamp)))
        _key_id, _slash, place = given["Credential"].partition("/")
        if place != f"{day}/{service}/tc3_request":
            return "credential scope"
        names = given["SignedHeaders"].split(";")
        if not {"content-type", "host"} <= set(names):
            return "signed headers"
        lines = "".join(f"{name}:{request.headers[name].strip().lower()}\n" for name in names)
        payload = hashlib.sha256(request.body).hexdigest()
        canonical = f"POST\n/\n\n{lines}\n{';'.join(names)}\n{payload}"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = f"{algorithm}\n{stamp}\n{place}\n{hashed}"
        signing = f"TC3{secret}".encode()
        for step in place.split("/"):
            signing = hmac.new(signing, step.encode(), hashlib.sha256).digest()
        right = hmac.new(signing, to_sign.encode(), hashlib.sha256).hexdigest()
        return "" if (algorithm, given["Signature"]) == ("TC3-HMAC-SHA256", right) else "signature"

    return check
