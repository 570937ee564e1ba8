"""Local servers of the push providers, strict by the published pages, written apart from the adapters.

Each keeps `delivered`, what really reached people, and `calls`, the paths asked. `mishaps` is taken one for
each message call: "500", "busy" (errcode -1), "hang" (delivers, then answers too late), "lost" (delivers
nothing and answers too late), "drop" (delivers and hangs up), "twice" (answers two times), or an errcode.
`token_mishaps` likewise for tokens.
"""

import hashlib
import itertools
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest

#: Longer than the adapters' time limit in these tests.
LATE_SECONDS = 0.7
LIMIT_SECONDS = 0.3


#: No two messages have one number, whichever server of these tests took them.
NUMBERS = itertools.count(200163836)


class Push:
    """Tokens, mishaps and plumbing; a subclass answers `routes`: (method, path) -> function(query, body)."""

    life = 7200

    def __init__(self):
        self.delivered, self.calls, self.mishaps, self.token_mishaps = [], [], [], []
        self.tokens, self.token_number = {}, 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer("GET", b"")

            def do_POST(self):
                self._answer("POST", self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def _answer(self, method, body):
                address = urlsplit(self.path)
                query = dict(parse_qsl(address.query))
                with outer._lock:
                    outer.calls.append(address.path)
                    is_token = address.path in outer.token_paths
                    queue = outer.token_mishaps if is_token else outer.mishaps
                    mishap = queue.pop(0) if queue else None
                    if mishap in (None, "hang", "drop", "twice"):
                        told = outer.answer(method, address.path, query, body, self.headers)
                    elif mishap == "busy":
                        told = 200, {"errcode": -1, "errmsg": "system busy"}
                    elif mishap in ("500", "lost"):
                        told = 500, b"<html>"
                    else:
                        told = 200, {"errcode": mishap, "errmsg": f"told {mishap}"}
                if mishap in ("hang", "lost"):
                    time.sleep(LATE_SECONDS)
                if mishap == "drop":
                    self.connection.close()
                    return
                status, content = told
                content = content if isinstance(content, bytes) else json.dumps(content).encode()
                try:
                    for _time in range(2 if mishap == "twice" else 1):
                        self.send_response(status)
                        self.send_header("Content-Length", str(len(content)))
                        self.end_headers()
                        self.wfile.write(content)
                except OSError:
                    pass

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method, path, query, body, headers):
        route = self.routes().get((method, path))
        if route is None:
            return 404, {"errcode": 404, "errmsg": f"{method} {path}"}
        self.headers = headers
        if method == "POST":
            if not headers.get("Content-Type", "").startswith("application/json"):
                return 200, {"errcode": 43002, "errmsg": "not JSON"}
            try:
                body = json.loads(body)
            except ValueError:
                return 200, {"errcode": 47001, "errmsg": "data format error"}
        told = route(query, body)
        return told if isinstance(told, tuple) else (200, told)

    def counted(self, path):
        return self.calls.count(path)

    def expire(self):
        """Every token that was given is past its life."""
        self.tokens = dict.fromkeys(self.tokens, False)

    def token_fault(self, query):
        token = query.get("access_token", "")
        if token not in self.tokens:
            return {"errcode": self.wrong_token, "errmsg": "invalid credential, access_token is invalid"}
        return None if self.tokens[token] else {"errcode": 42001, "errmsg": "access_token expired"}

    def current(self):
        return next((token for token, is_good in self.tokens.items() if is_good), None)

    def new_token(self):
        self.expire()
        self.token_number += 1
        token = f"T{self.token_number}-{id(self)}"
        self.tokens[token] = True
        return token


class WeChat(Push):
    token_paths = ("/cgi-bin/stable_token",)
    wrong_token = 40001
    app_id, secret = "wx0123456789abcdef", "wechat-secret"
    #: template id -> its fields
    templates = {"TM1": {"thing1", "time2"}, "NT1": {"thing1", "time2"}, "MP1": {"thing1", "date3"}}

    def __init__(self):
        super().__init__()
        self.followers, self.consents, self.seen, self.forced = {"oFollower-1"}, [], set(), 0
        self.strangers = {"oStranger-2"}

    def routes(self):
        return {
            ("POST", "/cgi-bin/stable_token"): self.token,
            ("POST", "/cgi-bin/message/template/send"): self.template,
            ("POST", "/cgi-bin/message/subscribe/bizsend"): self.notice,
            ("POST", "/cgi-bin/message/subscribe/send"): self.mini,
            ("POST", "/cgi-bin/qrcode/create"): self.scene_code,
        }

    def scene_code(self, query, body):
        if fault := self.token_fault(query):
            return fault
        if (
            set(body) != {"expire_seconds", "action_name", "action_info"}
            or body["action_name"] != "QR_STR_SCENE"
        ):
            return {"errcode": 47001, "errmsg": f"keys {sorted(body)}"}
        scene = body["action_info"].get("scene", {}).get("scene_str", "")
        if not 1 <= len(scene) <= 64 or not 60 <= body["expire_seconds"] <= 2592000:
            return {"errcode": 40053, "errmsg": "invalid action info"}
        self.scenes = [*getattr(self, "scenes", []), scene]
        address = f"http://weixin.qq.com/q/{len(self.scenes):06d}"
        return {"ticket": "gQ", "expire_seconds": body["expire_seconds"], "url": address}

    def token(self, query, body):
        if set(body) - {"grant_type", "appid", "secret", "force_refresh"} or query:
            return {"errcode": 47001, "errmsg": "unknown key"}
        if body.get("grant_type") != "client_credential":
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        if body.get("appid") != self.app_id:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if body.get("secret") != self.secret:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        self.forced += bool(body.get("force_refresh"))
        given = None if body.get("force_refresh") else self.current()
        return {"access_token": given or self.new_token(), "expires_in": self.life}

    def _checked(self, query, body, allowed, needed):
        if fault := self.token_fault(query):
            return fault
        if set(body) - allowed or not needed <= set(body):
            return {"errcode": 47001, "errmsg": f"keys {sorted(body)}"}
        fields = self.templates.get(body["template_id"])
        if fields is None:
            return {"errcode": 40037, "errmsg": "invalid template_id"}
        data = body["data"]
        if set(data) != fields or any(set(one) != {"value"} or not one["value"] for one in data.values()):
            return {"errcode": 47003, "errmsg": "argument invalid! data"}
        if len(data["thing1"]["value"]) > 20 or "\n" in data["thing1"]["value"]:
            return {"errcode": 47003, "errmsg": "argument invalid! data.thing1.value is invalid"}
        if body["touser"] not in self.followers | self.strangers:
            return {"errcode": 40003, "errmsg": "invalid openid"}
        return None

    def template(self, query, body):
        allowed = {"touser", "template_id", "url", "miniprogram", "data", "client_msg_id"}
        if fault := self._checked(query, body, allowed, {"touser", "template_id", "data"}):
            return fault
        if body["touser"] in self.strangers:
            return {"errcode": 43004, "errmsg": "require subscribe"}
        mark = (body["touser"], body.get("client_msg_id"))
        if mark[1] is None or mark not in self.seen:
            self.seen.add(mark)
            self.delivered.append(body)
        self.number = next(NUMBERS)
        return {"errcode": 0, "errmsg": "ok", "msgid": self.number}

    def notice(self, query, body):
        allowed = {"touser", "template_id", "page", "miniprogram", "data"}
        if fault := self._checked(query, body, allowed, {"touser", "template_id", "data"}):
            return fault
        return self._by_consent(body)

    def mini(self, query, body):
        allowed = {"touser", "template_id", "page", "data", "miniprogram_state", "lang"}
        if fault := self._checked(query, body, allowed, allowed - {"page"}):
            return fault
        if body["miniprogram_state"] not in ("formal", "trial", "developer"):
            return {"errcode": 47001, "errmsg": "miniprogram_state"}
        return self._by_consent(body)

    def _by_consent(self, body):
        """One consent allows one message."""
        consent = (body["touser"], body["template_id"])
        if consent not in self.consents:
            return {"errcode": 43101, "errmsg": "user refuse to accept the msg"}
        self.consents.remove(consent)
        self.delivered.append(body)
        return {"errcode": 0, "errmsg": "ok"}


class WeCom(Push):
    token_paths = ("/cgi-bin/gettoken",)
    wrong_token = 40014
    corp_id, secret, agent_id = "ww0123456789abcdef", "wecom-secret", 1000002

    def __init__(self):
        super().__init__()
        self.people, self.parents, self.seen = {"LuoWei"}, {"parent_of_chen"}, set()
        #: Codes that the sign-in page gave, each good once -> member, or an openid in brackets.
        self.visitors = {}

    def routes(self):
        return {
            ("GET", "/cgi-bin/gettoken"): self.token,
            ("POST", "/cgi-bin/message/send"): self.message,
            ("POST", "/cgi-bin/externalcontact/message/send"): self.school,
            ("GET", "/cgi-bin/auth/getuserinfo"): self.visitor,
        }

    def visitor(self, query, _body):
        if fault := self.token_fault(query):
            return fault
        who = self.visitors.pop(query.get("code", ""), None)
        if who is None:
            return {"errcode": 40029, "errmsg": "invalid code"}
        told = {"openid": who[1:-1]} if who.startswith("<") else {"userid": who, "user_ticket": "t"}
        return {"errcode": 0, "errmsg": "ok", **told}

    def token(self, query, _body):
        if query.get("corpid") != self.corp_id:
            return {"errcode": 40013, "errmsg": "invalid corpid"}
        if query.get("corpsecret") != self.secret:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        token = self.current() or self.new_token()
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": self.life}

    def _checked(self, query, body, allowed, kinds):
        if fault := self.token_fault(query):
            return fault
        common = {"msgtype", "agentid", "enable_duplicate_check", "duplicate_check_interval"}
        kind = body.get("msgtype")
        if kind not in kinds or set(body) != allowed | common | {kind}:
            return {"errcode": 40008, "errmsg": f"keys {sorted(body)}"}
        if body["agentid"] != self.agent_id:
            return {"errcode": 301002, "errmsg": "not allow operate another agent with this accesstoken"}
        if kind == "textcard" and not {"title", "description", "url"} <= set(body["textcard"]):
            return {"errcode": 41000, "errmsg": "textcard"}
        return None

    def _deliver(self, body):
        mark = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        if body["enable_duplicate_check"] != 1 or mark not in self.seen:
            self.seen.add(mark)
            self.delivered.append(body)

    def message(self, query, body):
        if fault := self._checked(query, body, {"touser"}, ("text", "textcard")):
            return fault
        wanted = body["touser"].split("|")
        if not set(wanted) & self.people:
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        self._deliver(body)
        wrong = "|".join(one.lower() for one in wanted if one not in self.people)
        return {"errcode": 0, "errmsg": "ok", "invaliduser": wrong, "msgid": "M-1"}

    def school(self, query, body):
        if fault := self._checked(query, body, {"to_parent_userid", "toall"}, ("text", "news")):
            return fault
        if body["toall"] != 0:
            return {"errcode": 40058, "errmsg": "everybody"}
        wrong = [one for one in body["to_parent_userid"] if one not in self.parents]
        if len(wrong) < len(body["to_parent_userid"]):
            self._deliver(body)
        lists = {"invalid_parent_userid": wrong, "invalid_student_userid": [], "invalid_party": []}
        return {"errcode": 0, "errmsg": "ok", **lists}


class Ding(Push):
    token_paths = ("/v1.0/oauth2/accessToken",)
    wrong_token = 40014
    app_key, app_secret, agent_id = "ding0123456789", "ding-secret", 77001

    def __init__(self):
        super().__init__()
        self.people, self.tasks, self.seen = {"luo01"}, {}, set()
        #: Codes that the sign-in page gave, each good once -> unionid; unionid -> userid of this corporation.
        self.visitors, self.unions, self.own_tokens = {}, {"U-luo": "luo01"}, {}

    def routes(self):
        work = "/topapi/message/corpconversation"
        return {
            ("POST", "/v1.0/oauth2/accessToken"): self.token,
            ("POST", f"{work}/asyncsend_v2"): self.message,
            ("POST", f"{work}/getsendresult"): self.result,
            ("POST", "/v1.0/oauth2/userAccessToken"): self.visitor_token,
            ("GET", "/v1.0/contact/users/me"): self.visitor,
            ("POST", "/topapi/user/getbyunionid"): self.by_union,
        }

    def visitor_token(self, query, body):
        told = (body.get("clientId"), body.get("clientSecret"), body.get("grantType"))
        if told != (self.app_key, self.app_secret, "authorization_code"):
            return 400, {"code": "invalidClientIdOrSecret", "message": "client"}
        union = self.visitors.pop(body.get("code"), None)
        if union is None:
            return 400, {"code": "invalidParameter.authCode.notFound", "message": "不合法的临时授权码"}
        self.own_tokens[f"own-{union}"] = union
        return {"accessToken": f"own-{union}", "refreshToken": "r", "expireIn": 7200, "corpId": "c"}

    def visitor(self, query, _body):
        union = self.own_tokens.get(self.headers.get("x-acs-dingtalk-access-token", ""))
        if union is None:
            return 401, {"code": "InvalidAuthentication", "message": "token"}
        return {"nick": "n", "unionId": union, "openId": "o"}

    def by_union(self, query, body):
        if fault := self.token_fault(query):
            return fault
        user = self.unions.get(body.get("unionid"))
        if user is None:
            return {"errcode": 60121, "errmsg": "找不到该用户"}
        outside = user.startswith("<")
        return {
            "errcode": 0,
            "errmsg": "ok",
            "result": {"contact_type": int(outside), "userid": user.strip("<>")},
        }

    def token(self, query, body):
        if set(body) != {"appKey", "appSecret"} or query:
            return 400, {"code": "MissingParameter", "message": "appKey", "requestid": "R"}
        if (body["appKey"], body["appSecret"]) != (self.app_key, self.app_secret):
            return 400, {"code": "invalidClientIdOrSecret", "message": "无效的clientId或者clientSecret"}
        return {"accessToken": self.current() or self.new_token(), "expireIn": self.life}

    def message(self, query, body):
        if fault := self.token_fault(query):
            return fault
        if set(body) != {"agent_id", "userid_list", "to_all_user", "msg"} or body["to_all_user"]:
            return {"errcode": 40035, "errmsg": f"keys {sorted(body)}"}
        if body["agent_id"] != self.agent_id:
            return {"errcode": 88, "sub_code": "60011", "errmsg": "ding talk error"}
        if len(json.dumps(body["msg"], ensure_ascii=False).encode()) > 2048:
            return {"errcode": 40035, "errmsg": "msg too long"}
        people = body["userid_list"].split(",")
        if not set(people) & self.people:
            return {"errcode": 33012, "errmsg": "无效的USERID"}
        task_id = 456000 + len(self.tasks)
        mark = (body["userid_list"], json.dumps(body["msg"], sort_keys=True))
        self.tasks[task_id] = {"forbidden_user_id_list": people} if mark in self.seen else {
            "unread_user_id_list": people
        }  # fmt: skip
        if mark not in self.seen:
            self.seen.add(mark)
            self.delivered.append(body)
        return {"errcode": 0, "errmsg": "ok", "task_id": task_id, "request_id": "R"}

    def result(self, query, body):
        if fault := self.token_fault(query):
            return fault
        if body.get("agent_id") != self.agent_id or body.get("task_id") not in self.tasks:
            return {"errcode": 33013, "errmsg": "task"}
        kinds = ("invalid_user", "forbidden_user", "failed_user", "read_user", "unread_user", "invalid_dept")
        empty = {f"{kind}_id_list": [] for kind in kinds}
        return {"errcode": 0, "errmsg": "ok", "send_result": {**empty, **self.tasks[body["task_id"]]}}


def running(kind):
    """A fixture of one server."""

    @pytest.fixture
    def server():
        made = kind()
        yield made
        made.close()

    return server
