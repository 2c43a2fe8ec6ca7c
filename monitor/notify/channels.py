"""Ways to channels: chats and push services through apprise, and webhooks that are signed (Standard Webhooks 1.0).

Imported only when something is sent there, because httpx and apprise take their time.
"""

from __future__ import annotations

import logging
import re
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hmac import digest
from typing import TYPE_CHECKING, Final

import httpcore
import httpx
import msgspec

from monitor import __version__
from monitor.errors import ConfigurationError, DeliveryError, FetchError
from monitor.notify.notices import PREFIX, StoredNotice
from monitor.report.notice import fit
from monitor.values import JsonObject

if TYPE_CHECKING:
    from apprise import Apprise, NotifyBase

_SECRET: Final = "whsec_"  # noqa: S105  # how a secret begins, not one
_SHORTEST, _LONGEST = 24, 64
_STATUS: Final = re.compile(r"error[=: ]+([1-5][0-9]{2})\b")
_BEFORE_IT_LEFT: Final = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout, httpcore.ProxyError)
_ON_THE_WIRE: Final = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    httpx.HTTPError,
    OSError,
)
_LATE: Final = (httpcore.TimeoutException, httpx.TimeoutException, TimeoutError)
_MAYBE: Final = "it may have arrived, and goes out again with the same webhook-id"


class Chat:
    """One of apprise's services. `url` is apprise's own (`slack://…`), and secret as a whole; `name` is what we call
    it.

    Raises ConfigurationError when apprise is not installed or does not know the URL; its text shows nothing of it.
    """

    def __init__(self, url: str, *, name: str) -> None:
        self._name = name
        self._apprise, self._service = _instantiate(url, name)

    @property
    def service(self) -> str:
        """What apprise calls it."""
        return str(self._service.service_name)

    def open(self) -> None:
        """Each message has a connection of its own."""

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:  # noqa: ARG002  # a Transport's
        """Tell it, in what it takes. Raises DeliveryError, which nobody can call final: apprise says too little."""
        stored = StoredNotice.read(message)
        title, body = fit(stored.notice, title=self._service.title_maxlen, body=self._service.body_maxlen)
        heard = _Heard()
        logger = logging.getLogger("apprise")
        logger.addHandler(heard)
        try:
            taken = self._apprise.notify(body=body, title=title, body_format="text")
        except Exception as error:  # a plug-in of apprise's may raise anything, with the URL in its words
            raise self._refused(f"apprise failed ({type(error).__name__})") from None
        finally:
            logger.removeHandler(heard)
        if not taken:
            raise self._refused(heard.words())

    def _refused(self, what: str) -> DeliveryError:
        return DeliveryError(f"{self.service}: {what}", permanent=False, where=f"{PREFIX}{self._name}")


class Webhook:
    """Posts notices as JSON, signed with HMAC-SHA-256 over id, timestamp and body (Standard Webhooks 1.0).

    `secret` is Base64 of 24 to 64 bytes, perhaps behind `whsec_`; `wire` makes a transport for one request, which is
    where it is decided what may be reached; `clock` gives the time of an attempt. Raises ConfigurationError for another
    secret.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str,
        secret: str,
        wire: Callable[[], httpx.BaseTransport],
        clock: Callable[[], datetime],
        timeout: float = 15.0,
    ) -> None:
        self._url = url
        self._name = name
        self._key = webhook_key(secret, name)
        self._wire = wire
        self._clock = clock
        self._timeout = timeout

    @property
    def service(self) -> str:
        """What it is called."""
        return "webhook"

    def open(self) -> None:
        """Each message has a connection of its own."""

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:  # noqa: ARG002  # a Transport's
        """POST it. Raises DeliveryError for every answer but a 2xx; a redirect is none, and 410 Gone is final."""
        stored = StoredNotice.read(message)
        body = msgspec.json.encode(payload(stored))
        headers = {
            "content-type": "application/json",
            "user-agent": f"specwatch/{__version__}",
            **signed(stored.id, self._clock(), body, self._key),
        }
        try:
            with httpx.Client(transport=self._wire(), timeout=self._timeout, follow_redirects=False) as client:
                answer = client.send(
                    client.build_request("POST", self._url, content=body, headers=headers), stream=True
                )
                answer.close()  # what it says is nobody's business, and may be endless
        except FetchError as error:
            advice = "If it is meant to be there, set allow_private = true in its table under [channels]."
            raise self._failed(error.what, advice=advice if "does not go there" in error.what else None) from None
        except _ON_THE_WIRE as error:
            uncertain = not isinstance(error, _BEFORE_IT_LEFT)
            what = "it did not answer in time" if isinstance(error, _LATE) else "no connection"
            raise self._failed(f"{what}: {_MAYBE}" if uncertain else what, uncertain=uncertain) from None
        if not answer.is_success:
            raise self._failed(
                f"it answered {answer.status_code}"
                + (", a redirect, which is not followed" if answer.is_redirect else ""),
                permanent=answer.status_code == httpx.codes.GONE,
                retry_after=_retry_after(answer.headers.get("retry-after"), self._clock()),
            )

    def _failed(
        self,
        what: str,
        *,
        permanent: bool = False,
        uncertain: bool = False,
        retry_after: float | None = None,
        advice: str | None = None,
    ) -> DeliveryError:
        """What went wrong, without the URL, which may be a secret."""
        where = f"{PREFIX}{self._name}"
        return DeliveryError(
            what, permanent=permanent, where=where, advice=advice, uncertain=uncertain, retry_after=retry_after
        )


def webhook_key(secret: str, name: str) -> bytes:
    """The key in a webhook's secret. Raises ConfigurationError, which does not show it."""
    try:
        key = b64decode(secret.removeprefix(_SECRET), validate=True)
    except (NoBase64, ValueError):
        key = b""
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ConfigurationError(
            f"the secret of the channel {name} is not Base64 of {_SHORTEST} to {_LONGEST} bytes",
            advice='Make one with: echo "whsec_$(openssl rand -base64 32)"',
        )
    return key


def signed(message_id: str, at: datetime, body: bytes, key: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks: whoever has the key can tell that the body is ours, and of now."""
    timestamp = str(int(at.timestamp()))
    mac = digest(key, b".".join((message_id.encode(), timestamp.encode(), body)), "sha256")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{b64encode(mac).decode()}",
    }


def payload(stored: StoredNotice) -> JsonObject:
    """What a webhook receives: type, timestamp and data, as Standard Webhooks asks for."""
    data = {"title": stored.title, "sections": stored.sections, **stored.data}
    return {"type": f"specwatch.{stored.type}", "timestamp": stored.timestamp, "data": data}


class _Heard(logging.Handler):
    """Hears what apprise says of a failure, and keeps of it the one thing that holds no secret."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._status: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Look for an HTTP status."""
        found = _STATUS.search(record.getMessage())
        self._status = found[1] if found is not None else self._status

    def words(self) -> str:
        """What happened, as far as one knows."""
        return "it could not be reached" if self._status is None else f"it answered {self._status}"


def _instantiate(url: str, name: str) -> tuple[Apprise, NotifyBase]:
    try:
        import apprise
    except ImportError:
        raise ConfigurationError(
            f"the channel {name} needs apprise, which is not installed", advice="pip install 'specwatch[channels]'"
        ) from None
    # They write URLs into their logs; failures are told by us.
    for logger in ("apprise", "urllib3", "requests"):
        logging.getLogger(logger).setLevel(logging.WARNING)
        logging.getLogger(logger).addHandler(logging.NullHandler())
    logging.getLogger("apprise").propagate = False
    asset = apprise.AppriseAsset(
        app_id="specwatch",
        app_desc="specwatch",
        app_url="",
        image_url_mask="",  # its pictures would be loaded from elsewhere
        image_url_logo="",
        async_mode=False,
        storage_mode="memory",  # it would write tokens to the disk
        secure_logging=True,
    )
    service = None
    with suppress(Exception):  # whatever a plug-in makes of a URL that is none of its own
        service = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        raise ConfigurationError(
            f"the URL of the channel {name} is none that apprise knows",
            advice="Its form for each service stands in apprise's documentation; try it with the command `apprise`.",
        )
    sending = apprise.Apprise(asset=asset)
    sending.add(service)
    return sending, service


def _retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds, or a date (RFC 9110, section 10.2.3); None for anything else."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    with suppress(ValueError, TypeError):
        at = parsedate_to_datetime(text)
        return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
    return None
