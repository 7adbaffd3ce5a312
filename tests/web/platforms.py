"""A stand-in on loopback for the platforms that people sign in by, strict in what it takes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET, AGENT, KEY = "ww-county", "s3cret-of-the-county", "1000002", "app-key"
TOKEN = "token-of-the-platform"


class Platform:
    """A server that speaks all three protocols; ``people`` says whom a code stands for, each code is taken once."""

    def __init__(self) -> None:
        self.people: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.tokens = 0
        self.token = TOKEN
        self.redirects_to = ""
        self.coming = "zhang"
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                platform._answer(self, b"")

            def do_POST(self) -> None:
                platform._answer(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def log_message(self, *words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """The stand-in's address."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        """End the server."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def settings(self, kind: str, site: str = "http://localhost", **more: Any) -> dict[str, Any]:
        """Return a county's setting for a platform."""
        agent = {"agent_id": AGENT} if kind == "wecom" else {"app_key": KEY} if kind == "zhengwu" else {}
        return {"kind": kind, "site": site, "client_id": CLIENT, "authorize_url": f"{self.url}/authorize/{kind}",
                "inside_url": f"{self.url}/inside/{kind}", "api_url": self.url, "internal": True, "secret": SECRET,
                **agent, **more}  # fmt: skip

    def code_for(self, subject: str) -> str:
        """Return a code that stands for somebody."""
        code = f"code-{len(self.asked)}-{len(self.people)}"
        self.people[code] = subject
        return code

    def _answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        parts = urlsplit(request.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.asked.append((request.command, parts.path))
        if self.redirects_to:
            return self._reply(request, 302, {}, self.redirects_to)
        if parts.path.startswith(("/authorize/", "/inside/")):
            return self._consent(request, parts.path.rpartition("/")[2], query)
        told = PATHS[request.command, parts.path](self, request, query, body)
        return self._reply(request, 200 if told else 400, told or {"code": "invalid"})

    def _reply(self, request: BaseHTTPRequestHandler, status: int, told: Any, location: str = "") -> None:
        body = json.dumps(told).encode()
        request.send_response(status)
        if location:
            request.send_header("Location", location)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _consent(self, request: BaseHTTPRequestHandler, kind: str, query: dict[str, str]) -> None:
        """Send the browser back with a code, as a platform does once its own user has agreed."""
        named = {"wecom": "appid"}.get(kind, "client_id")
        assert query[named] == CLIENT and query["state"]
        code = {"authCode" if kind == "dingtalk" else "code": self.code_for(self.coming)}
        self._reply(request, 302, {}, f"{query['redirect_uri']}&{urlencode({**code, 'state': query['state']})}")

    def gettoken(self, request: Any, query: dict[str, str], body: bytes) -> Any:
        """企业微信: the application's token, by corp id and secret."""
        if (query.get("corpid"), query.get("corpsecret")) != (CLIENT, SECRET):
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens += 1
        return {"errcode": 0, "errmsg": "ok", "access_token": self.token, "expires_in": 7200}

    def getuserinfo(self, request: Any, query: dict[str, str], body: bytes) -> Any:
        """企业微信: whom a code stands for; somebody outside the corp has an openid alone."""
        if query.get("access_token") != self.token:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        subject = self.people.pop(query.get("code", ""), None)
        if subject is None:
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {"errcode": 0, "errmsg": "ok", **({"openid": "o1"} if subject == "stranger" else {"userid": subject})}

    def user_token(self, request: Any, query: dict[str, str], body: bytes) -> Any:
        """钉钉: a token for the code, asked as JSON."""
        told = json.loads(body)
        right = request.headers["Content-Type"] == "application/json" and told.get("grantType") == "authorization_code"
        if not right or (told.get("clientId"), told.get("clientSecret")) != (CLIENT, SECRET):
            return None
        subject = self.people.pop(told.get("code", ""), None)
        return None if subject is None else {"accessToken": f"user:{subject}", "refreshToken": "r", "expireIn": 7200}

    def me(self, request: Any, query: dict[str, str], body: bytes) -> Any:
        """钉钉: who a token is of."""
        told = request.headers.get("x-acs-dingtalk-access-token", "")
        if not told.startswith("user:") or request.headers.get("Authorization"):
            return None
        return {"nick": "张", "unionId": told[5:], "openId": "o1", "mobile": "13800000000"}

    def gov_token(self, request: Any, query: dict[str, str], body: bytes) -> Any:
        """政务钉钉: the application's token, by key and secret, signed."""
        if not self._signed(request, "GET", query) or (query.get("appkey"), query.get("appsecret")) != (KEY, SECRET):
            return {"success": False, "errorCode": "InvalidSignature"}
        self.tokens += 1
        return {"success": True, "content": {"data": {"accessToken": self.token, "expiresIn": 7200}, "success": True}}

    def gov_user(self, request: Any, query: dict[str, str], body: bytes) -> Any:
        """政务钉钉: whom a code stands for, signed."""
        given = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        subject = self.people.pop(given.get("code", ""), None)
        if not self._signed(request, "POST", given) or given.get("access_token") != self.token or subject is None:
            return {"success": False, "errorCode": "InvalidCode"}
        data = {"employeeCode": subject, "accountId": 7, "lastName": "张", "tenantId": 1}
        return {"success": True, "content": {"data": data, "success": True, "responseCode": "0"}}

    def _signed(self, request: Any, method: str, params: dict[str, str]) -> bool:
        """Tell whether a call carries the signature that its method, moment, nonce, path and parameters ask for."""
        headers, path = request.headers, urlsplit(request.path).path
        pairs = "&".join(f"{name}={params[name]}" for name in sorted(params))
        text = f"{method}\n{headers['X-Hmac-Auth-Timestamp']}\n{headers['X-Hmac-Auth-Nonce']}\n{path}\n{pairs}"
        wanted = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()
        return bool(headers["apiKey"] == KEY and headers["X-Hmac-Auth-Signature"] == wanted)


PATHS: dict[tuple[str, str], Any] = {
    ("GET", "/cgi-bin/gettoken"): Platform.gettoken,
    ("GET", "/cgi-bin/auth/getuserinfo"): Platform.getuserinfo,
    ("POST", "/v1.0/oauth2/userAccessToken"): Platform.user_token,
    ("GET", "/v1.0/contact/users/me"): Platform.me,
    ("GET", "/gettoken.json"): Platform.gov_token,
    ("POST", "/rpc/oauth2/getuserinfo_bycode.json"): Platform.gov_user,
}
