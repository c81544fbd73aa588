"""Files: uploads with an id that can be used again, addresses on the content network that expire, links that are fetched.

Source: Meta's "Attachment Upload API" (30 Jun 2026) and the `messages` webhook reference (1 Jun 2026).
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlencode, urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import Response

from channels.sandbox import samples
from channels.sandbox.graph.shape import Shape, refuse
from channels.sandbox.host import Host, Json, numeric_id
from channels.sandbox.messaging import refusals
from channels.sandbox.messaging.platform import Platform
from channels.sandbox.world import Account, Customer, MediaFile

CDN_PATH = "/v/t42.3356-2/"
UPLOAD_LIVES_S = 90 * 86_400
ADDRESS_LIVES_S = 3 * 86_400
STORY_LIVES_S = 86_400
FACE = "face-"
FETCH_S = 10
NEVER_FETCHED = (".example", ".test", ".invalid")
"""Names that by RFC 2606 nobody has: such links are shown, not fetched."""


class Files:
    def __init__(self, host: Host, platform: Platform) -> None:
        self._host = host
        self._platform = platform

    def keep_upload(self, account: Account, kind: str, mime: str, filename: str, data: bytes) -> str:
        """Keep an uploaded file and return its attachment id. Raises GraphError."""
        self.check(kind, mime, data)
        file = self._host.keep_file(data, account=account, mime=mime, filename=filename, lives_s=UPLOAD_LIVES_S)
        return self._name(account, kind, file)

    def check(self, kind: str, mime: str, data: bytes) -> None:
        """Want a file that fits its kind. Raises GraphError 100."""
        rule = self._platform.flavour.files[kind]
        if not data:
            raise refuse("Upload attachment failure: the file is empty", subcode=2018047)
        if not mime.startswith(rule.mimes):
            raise refusals.wrong_type(mime or "of no type", kind)
        if len(data) > rule.most_bytes:
            raise refusals.too_big(rule.most_bytes)

    async def resolve(self, account: Account, kind: str, payload: Json) -> Json:
        """Return the page's picture {kind, file_id | link, mime, …} of a payload, and `attachment_id` where there is one.

        Raises GraphError for an id that is nobody's, of another kind, or for a link that does not lead to such a file.
        """
        if attachment_id := payload.get("attachment_id"):
            found = self._platform.room(account)["uploads"].get(str(attachment_id))
            if found is None:
                raise refuse("Invalid attachment_id: no such attachment")
            if found["type"] != kind:
                raise refusals.wrong_type(found["type"], kind)
            return {**self.picture(kind, self._host.world.files[found["file_id"]]), "attachment_id": str(attachment_id)}
        return await self._fetched(
            account, kind, str(payload["url"]), keep=payload.get("is_reusable") in (True, "true")
        )

    async def _fetched(self, account: Account, kind: str, url: str, *, keep: bool) -> Json:
        if (urlsplit(url).hostname or "").endswith(NEVER_FETCHED):
            return {"kind": PICTURES[kind], "link": url, "filename": ""}
        try:
            answer = await self._host.fetch(url, params={}, timeout_s=FETCH_S)
        except httpx.HTTPError as error:
            raise refusals.cannot_fetch() from error
        if answer.status_code != 200:
            raise refusals.cannot_fetch()
        mime = answer.headers.get("content-type", "").split(";")[0]
        self.check(kind, mime, answer.content)
        name = urlsplit(url).path.rpartition("/")[2]
        file = self._host.keep_file(answer.content, account=account, mime=mime, filename=name, lives_s=UPLOAD_LIVES_S)
        extra = {"attachment_id": self._name(account, kind, file)} if keep else {}
        return {**self.picture(kind, file), **extra}

    def _name(self, account: Account, kind: str, file: MediaFile) -> str:
        attachment_id = numeric_id(16)
        self._platform.room(account)["uploads"][attachment_id] = {"file_id": file.id, "type": kind}
        return attachment_id

    @staticmethod
    def picture(kind: str, file: MediaFile) -> Json:
        return {
            "kind": PICTURES[kind],
            "file_id": file.id,
            "mime": file.mime,
            "filename": file.filename,
            "size_bytes": file.size_bytes,
            "voice": kind == "audio",
        }

    def address(self, file_id: str, *, lives_s: float = ADDRESS_LIVES_S) -> str:
        """Return a signed address on the content network."""
        expires = format(int(self._host.now() + lives_s), "X")
        query = urlencode({"_nc_cat": "1", "oh": self._signature(file_id, expires), "oe": expires})
        return f"{self._host.base_url}{CDN_PATH}{self._platform.flavour.channel}_{file_id}_n?{query}"

    def download(self, request: Request) -> Response | None:
        """Answer an address of ours: the file without any token, 403 when the address is old or false."""
        path = request.url.path
        prefix = f"{CDN_PATH}{self._platform.flavour.channel}_"
        if not path.startswith(prefix):
            return None
        name, expires = path.removeprefix(prefix).removesuffix("_n"), request.query_params.get("oe", "")
        right = hmac.compare_digest(request.query_params.get("oh", ""), self._signature(name, expires))
        if not right or int(expires, 16) < self._host.now():
            return Response("URL signature expired", 403, media_type="text/plain")
        if name.startswith(FACE):
            return Response(samples.portrait(name), media_type="image/png")
        file = self._host.world.files.get(name)
        if file is None:
            return Response("", 404)
        return Response(self._host.read_file(file), media_type=file.mime)

    def portrait(self, customer: Customer) -> str:
        """Return the address of somebody's picture, which expires like any other."""
        return self.address(f"{FACE}{customer.id}")

    def _signature(self, file_id: str, expires: str) -> str:
        key = next(iter(self._platform.apps.values()))["secret"]
        return hmac.new(key.encode(), f"{file_id}.{expires}".encode(), hashlib.sha256).hexdigest()[:32]


PICTURES = {"image": "image", "video": "video", "audio": "audio", "file": "document"}
"""How the page calls each type of file."""


def type_of_upload(message: Json) -> str:
    """Return the type that a multipart upload's `message` names. Raises GraphError 100."""
    attachment = Shape(message, "message").only("attachment", "metadata").part("attachment").only("type", "payload")
    return attachment.text("type", most=20)
