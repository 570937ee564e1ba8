"""An HTTP source that answers JSON, page by page: numbered, by offset, by cursor or by next link; with a bearer token,
client credentials or a key in a header."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext_lazy as _

# Its import keeps the client's log, which holds whole addresses, silent.
from jizuo.ground.gateways import line  # noqa: F401
from jizuo.hubs.data.connectors import addresses
from jizuo.hubs.data.connectors.feeds import AT_ONCE, Ask, Kind, Setting, SourceError

if TYPE_CHECKING:
    # The client is loaded where a source is asked: a process that asks none stays small.
    import httpx

NAME = "http"
MOST_PAGE_BYTES = 32 * 1024 * 1024
MOST_PAGES = 200_000
MOST_TRIES = 4
#: The longest one answer may make us wait by Retry-After, and all answers of a fetch together.
MOST_WAIT, MOST_WAITS = 60.0, 300.0
PAGE_SECONDS = 30.0
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})

PAGINGS = (
    ("none", _("一次给全")), ("page", _("页码")), ("offset", _("起始行")), ("cursor", _("游标")), ("link", _("下一页链接")),
)  # fmt: skip
AUTHS = (
    ("none", _("不用")), ("bearer", _("令牌（Bearer）")), ("client", _("应用编号和密钥（OAuth 2）")),
    ("header", _("请求头里的密钥")),
)  # fmt: skip

SETTINGS = (
    Setting("url", _("地址"), hint="https://sis.example.cn/api/students", is_required=True),
    Setting("auth", _("凭据"), "choice", usual="none", options=AUTHS),
    Setting("token", _("令牌或密钥"), "secret"),
    Setting("header", _("请求头的名称"), hint="X-Api-Key"),
    Setting("token_url", _("取令牌的地址"), hint="https://sis.example.cn/oauth/token"),
    Setting("client_id", _("应用编号")),
    Setting("client_secret", _("应用密钥"), "secret"),
    Setting("scope", _("范围（scope）")),
    Setting("items_path", _("列表在哪里"), hint=_("例如 data.items；直接是列表就不填"), step="query"),
    Setting("paging", _("分页"), "choice", usual="none", options=PAGINGS, step="query"),
    Setting("page_param", _("页码或起始行的参数名"), hint="page", step="query"),
    Setting("size_param", _("每页条数的参数名"), hint="size", step="query"),
    Setting("size", _("每页条数"), "whole", usual="500", step="query"),
    Setting("first", _("第一页的页码"), "whole", usual="1", step="query"),
    Setting("cursor_param", _("游标的参数名"), hint="cursor", step="query"),
    Setting(
        "next_path",
        _("下一个游标或链接在哪里"),
        hint=_("例如 paging.next；链接也可以在 Link 头里"),
        step="query",
    ),
    Setting("total_path", _("总数在哪里"), hint=_("例如 total；填了就核对"), step="query"),
)


class Client:
    """One fetch: a connection that goes where it was looked at, retries, and one token."""

    def __init__(self, ask: Ask) -> None:
        import httpx

        self.ask, self.waited = ask, 0.0
        self.token = ask.secrets.get("token", "")
        self.http = httpx.Client(
            timeout=httpx.Timeout(min(PAGE_SECONDS, ask.seconds), connect=10), follow_redirects=False,
            trust_env=False, headers={"Accept": "application/json", "User-Agent": "jizuo-collect"},
        )  # fmt: skip

    def get(self, url: str, params: Mapping[str, Any]) -> tuple[Any, httpx.Headers]:
        """One page as JSON with its headers, tried again where that may help. Raises SourceError."""
        import httpx

        if self.ask.settings.get("auth") == "client" and not self.token:
            self.token = self.take_token()
        is_renewed = False
        for attempt in range(1, MOST_TRIES + 1):
            try:
                status, headers, body = self.once("GET", url, params, None)
            except httpx.HTTPError as error:
                if attempt == MOST_TRIES:
                    raise unreachable(url, error) from error
                self.wait(0.3 * 2**attempt)
                continue
            if status == 401 and self.ask.settings.get("auth") == "client" and not is_renewed:
                is_renewed = True
                self.token = self.take_token()
                continue
            if status in _RETRIED:
                if attempt == MOST_TRIES:
                    raise SourceError(
                        "busy", f"来源忙（{status}），试了 {attempt} 次", "会按计划再试", is_passing=True
                    )
                self.wait(retry_after(headers) if "retry-after" in headers else 0.3 * 2**attempt)
                continue
            if status != 200:
                raise refused(status)
            return decoded(body), headers
        raise SourceError("busy", "来源一直要求重试", "会按计划再试", is_passing=True)

    def once(
        self, method: str, url: str, params: Mapping[str, Any], form: Mapping[str, str] | None
    ) -> tuple[int, httpx.Headers, bytes]:
        """One request, the answer read up to the largest page. Raises SourceError, httpx.HTTPError."""
        request = self.http.build_request(
            method, url, params=dict(params) or None, data=form, headers=self.headers(form)
        )
        pin(request)
        answer = self.http.send(request, stream=True)
        try:
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > MOST_PAGE_BYTES:
                    raise SourceError(
                        "too_big", "来源一页给得太多（超过 32 MB）", "请用分页，或把每页条数改小"
                    )
            return answer.status_code, answer.headers, bytes(body)
        finally:
            answer.close()

    def headers(self, form: Mapping[str, str] | None) -> dict[str, str]:
        """The credentials of an ordinary request; none when a token is being asked for."""
        told = self.ask.settings
        if form is not None:
            return {}
        if told.get("auth") in ("bearer", "client"):
            return {"Authorization": f"Bearer {self.token}"}
        if told.get("auth") == "header":
            return {str(told.get("header") or "X-Api-Key"): self.token}
        return {}

    def take_token(self) -> str:
        """A token by client credentials (RFC 6749 section 4.4). Raises SourceError."""
        import httpx

        told = self.ask.settings
        form = {
            "grant_type": "client_credentials", "client_id": str(told.get("client_id", "")),
            "client_secret": self.ask.secrets.get("client_secret", ""),
        }  # fmt: skip
        if told.get("scope"):
            form["scope"] = str(told["scope"])
        url = str(told.get("token_url", ""))
        check_url(url)
        try:
            status, _headers, body = self.once("POST", url, {}, form)
        except httpx.HTTPError as error:
            raise unreachable(url, error) from error
        found = decoded(body) if status == 200 else None
        if not isinstance(found, dict) or not found.get("access_token"):
            raise SourceError("login", f"取令牌没有成功（{status}）", "请核对应用编号、密钥和取令牌的地址")
        return str(found["access_token"])

    def wait(self, seconds: float) -> None:
        """Wait before another try, for a bounded time in all. Raises SourceError past it."""
        if seconds > MOST_WAIT or self.waited + seconds > MOST_WAITS:
            raise SourceError("busy", "来源要求等太久，这次先停下", "会按计划再试", is_passing=True)
        self.waited += seconds
        self.ask.pause(seconds)


class Pages:
    """The pages of a source as a feed of mappings."""

    columns: list[str] | None = None
    is_ordered = False

    def __init__(self, ask: Ask, client: Client) -> None:
        self.ask, self.client = ask, client
        self.notes: list[str] = []
        self.told = ask.settings
        self.paging = str(self.told.get("paging") or "none")

    def __iter__(self) -> Iterator[list[Any]]:
        url, params = str(self.told["url"]), self.params()
        home = origin(url)
        seen_links, before, given, total = {url}, b"", 0, None
        for number in range(MOST_PAGES):
            page, headers = self.client.get(url, params)
            rows = items(page, str(self.told.get("items_path") or ""))
            if total is None and self.told.get("total_path"):
                total = whole(at_path(page, str(self.told["total_path"])))
            print_ = (
                hashlib.sha256(json.dumps(rows, sort_keys=True, default=str).encode()).digest()
                if rows
                else b""
            )
            if rows and print_ == before:
                raise SourceError(
                    "repeats",
                    f"来源一直给同一页（第 {number + 1} 页与上一页相同）",
                    "请核对分页的参数名，或请来源方改好",
                )
            before = print_
            given += len(rows)
            for at in range(0, len(rows), AT_ONCE):
                yield [flat(row) for row in rows[at : at + AT_ONCE]]
            if self.ask.most and given >= self.ask.most:
                return
            after = self.next(url, params, page, headers, rows, number)
            if after is None:
                break
            url, params = after
            if self.paging == "link":
                if origin(url) != home:
                    raise SourceError(
                        "elsewhere",
                        "下一页的链接指向别的主机，没有跟过去",
                        "请核对来源；凭据不会发给别的主机",
                    )
                if url in seen_links:
                    raise SourceError(
                        "repeats", "下一页的链接转回了读过的页，没有尽头", "请来源方改好下一页的链接"
                    )
                seen_links.add(url)
        else:
            raise SourceError(
                "endless", f"来源分了超过 {MOST_PAGES} 页，像是没有尽头", "请核对分页，或请来源方改好"
            )
        self.compare(total, given)

    def compare(self, total: int | None, given: int) -> None:
        """Hold the source to the total it named: fewer rows are an incomplete list, more are worth a word."""
        if total is None or total == given:
            return
        if given < total:
            raise SourceError(
                "short",
                f"来源说共 {total} 行，只给了 {given} 行，这次没有采用",
                "请来源方核对；不核对总数可以清空“总数在哪里”",
            )
        self.notes.append(f"来源说共 {total} 行，实际给了 {given} 行")

    def params(self) -> dict[str, Any]:
        """The parameters of the first page."""
        found: dict[str, Any] = {}
        size = whole(self.told.get("size")) or 500
        if self.paging in ("page", "offset", "cursor") and self.told.get("size_param"):
            found[str(self.told["size_param"])] = size
        if self.paging == "page":
            found[str(self.told.get("page_param") or "page")] = self.first
        if self.paging == "offset":
            found[str(self.told.get("page_param") or "offset")] = 0
        param = self.ask.increment.get("param")
        if param and self.ask.mark is not None:
            mark = self.ask.mark
            found[str(param)] = mark.isoformat() if hasattr(mark, "isoformat") else str(mark)
        return found

    @property
    def first(self) -> int:
        told = whole(self.told.get("first"))
        return 1 if told is None else told

    def next(
        self,
        url: str,
        params: Mapping[str, Any],
        page: Any,
        headers: httpx.Headers,
        rows: list[Any],
        number: int,
    ) -> tuple[str, dict[str, Any]] | None:
        """Address and parameters of the next page; None after the last."""
        if self.paging == "page" and rows:
            return url, {**params, str(self.told.get("page_param") or "page"): self.first + number + 1}
        if self.paging == "offset" and rows:
            name = str(self.told.get("page_param") or "offset")
            return url, {**params, name: int(params[name]) + len(rows)}
        if self.paging == "cursor":
            after = at_path(page, str(self.told.get("next_path") or "next"))
            name = str(self.told.get("cursor_param") or "cursor")
            if after in (None, "", False):
                return None
            if str(after) == str(params.get(name)):
                raise SourceError("repeats", "来源一直给同一个游标，没有尽头", "请来源方改好游标")
            return url, {**params, name: after}
        if self.paging == "link":
            path = str(self.told.get("next_path") or "")
            link = at_path(page, path) if path else linked(headers)
            if not link:
                return None
            after_url = urljoin(url, str(link))
            check_url(after_url)
            return after_url, {}
        return None


@contextmanager
def opened(ask: Ask) -> Iterator[Pages]:
    """The rows of the source. Raises SourceError."""
    check_url(str(ask.settings.get("url", "")))
    client = Client(ask)
    try:
        yield Pages(ask, client)
    finally:
        client.http.close()


def check_url(url: str) -> None:
    """Raise SourceError unless `url` is a plain http or https address without credentials in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.username
        or parts.password
        or port == 0
    ):
        raise SourceError(
            "url",
            "地址应以 http:// 或 https:// 开头，里面不能有账号密码",
            "例如 https://sis.example.cn/api/students",
        )


def check(told: Mapping[str, Any]) -> None:
    """Raise SourceError for settings that cannot be."""
    for key in ("url", "token_url"):
        if told.get(key):
            check_url(str(told[key]))
    name = str(told.get("header") or "X")
    if not name.replace("-", "").isalnum() or not name.isascii():
        raise SourceError("header", "请求头的名称只能有字母、数字和短横")


def pin(request: httpx.Request) -> None:
    """Send a request to the address that its host was looked up as, with the host's name in the header and the
    certificate's check."""
    host = request.url.host
    port = request.url.port or (443 if request.url.scheme == "https" else 80)
    address = addresses.resolve(host, port)
    request.headers["Host"] = request.url.netloc.decode()
    request.extensions["sni_hostname"] = host
    request.url = request.url.copy_with(host=address)


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def decoded(body: bytes) -> Any:
    """The JSON of an answer; numbers with a point keep their digits. Raises SourceError."""
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise SourceError("json", "来源给的不是 JSON", "请核对地址；可能是登录页或出错页") from None


def items(page: Any, path: str) -> list[Any]:
    """The list of a page. Raises SourceError where there is none."""
    found = at_path(page, path) if path else page
    if found is None and path and isinstance(page, Mapping):
        raise SourceError(
            "items", f"答复里没有“{path}”", f"请核对“列表在哪里”；最上层有：{'、'.join(map(str, page))[:120]}"
        )
    if not isinstance(found, list):
        raise SourceError("items", "这里不是列表", "请在“列表在哪里”写出列表的路径，例如 data.items")
    if any(not isinstance(row, Mapping) for row in found):
        raise SourceError("items", "列表里不是一条条带名称的记录", "请核对“列表在哪里”")
    return found


def at_path(page: Any, path: str) -> Any:
    """What stands at ``a.b.0`` of a page; None where the path ends early."""
    found = page
    for word in filter(None, path.split(".")):
        if isinstance(found, Mapping):
            found = found.get(word)
        elif isinstance(found, list) and word.isdecimal() and int(word) < len(found):
            found = found[int(word)]
        else:
            return None
    return found


def flat(row: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """A record with its inner records as ``a.b``; lists as JSON."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping):
            found |= flat(value, f"{name}.")
        elif isinstance(value, list):
            found[name] = json.dumps(value, ensure_ascii=False, default=str)
        else:
            found[name] = value
    return found


def linked(headers: httpx.Headers) -> str:
    """The next link of a Link header (RFC 8288), '' without one."""
    for part in headers.get("link", "").split(","):
        target, _semicolon, rest = part.partition(";")
        if 'rel="next"' in rest.replace("'", '"') or "rel=next" in rest:
            return target.strip().strip("<>")
    return ""


def retry_after(headers: httpx.Headers) -> float:
    """Seconds to wait by a Retry-After header (RFC 9110 section 10.2.3)."""
    told = headers["retry-after"].strip()
    if told.isdecimal():
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except (ValueError, TypeError):
        return 1.0


def whole(value: Any) -> int | None:
    """A whole number as settings and answers write it; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 12 else None


def unreachable(url: str, error: Exception) -> SourceError:
    """No whole answer came."""
    import httpx

    host = urlsplit(url).hostname
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return SourceError(
            "unreachable", f"连不上 {host}", "请核对地址，并请来源方放行本机的地址", is_passing=True
        )
    return SourceError(
        "dropped",
        "读到一半连接断了，这次什么也没有留下",
        f"会按计划再试（{type(error).__name__}）",
        is_passing=True,
    )


def refused(status: int) -> SourceError:
    """What a refusal means."""
    if status in (401, 403):
        return SourceError("login", f"来源不让读（{status}）", "请核对令牌或密钥，它可能已过期或没有权限")
    if status in (301, 302, 303, 307, 308):
        return SourceError("moved", "来源让转到别的地址，没有跟过去", "请直接写转到后的地址")
    if status == 404:
        return SourceError("url", "来源上没有这个地址（404）", "请核对地址")
    return SourceError("answer", f"来源答复 {status}", "请把这个数字告诉来源方", is_passing=status >= 500)


KIND = Kind(
    NAME, "HTTP JSON", _("接口一页页给 JSON；支持令牌、应用密钥"), SETTINGS, opened, check, mark="{}",
)  # fmt: skip
