"""What a source is judged by: the profiles that it names, and how its provider writes.

Shipped profiles are meant by name, the user's own by the path of its file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from monitor import resources
from monitor.compare import Conventions
from monitor.errors import UsageError
from monitor.ledger import Confirmation
from monitor.policy import (
    ClientProfile,
    PromiseProfile,
    client_names,
    client_profile,
    client_profile_from,
    promise_names,
    promise_phrases,
    promise_profile,
    promise_profile_from,
)
from monitor.settings import ExtensionSettings, SourceSettings
from monitor.values import canonical_bytes

_USUAL = Confirmation()

P = TypeVar("P", ClientProfile, PromiseProfile)


@dataclass(frozen=True, slots=True)
class Profiles:
    """One client profile, perhaps one promise profile, and the conventions by which the documents are compared.

    `digest` changes when any of them says something else. `confirmation` says when a suspect document is believed.
    """

    client: ClientProfile
    promise: PromiseProfile | None
    conventions: Conventions
    digest: str
    confirmation: Confirmation = _USUAL

    @property
    def promise_name(self) -> str | None:
        """The promise's name, or None."""
        return None if self.promise is None else self.promise.name

    @property
    def window_months(self) -> int | None:
        """The promised months from deprecation to removal, or None."""
        return None if self.promise is None else self.promise.window_months

    @property
    def version_pattern(self) -> str | None:
        """The promise's pattern of the version's number in a path, or None."""
        return None if self.promise is None else self.promise.version_pattern


def profiles_of(source: SourceSettings, folder: Path) -> Profiles:
    """What the configuration says a source is judged by. Raises UsageError as `load_profiles` does."""
    profiles = load_profiles(source.client, source.promise, folder=folder, extensions=source.extensions)
    return replace(profiles, confirmation=confirmation_of(source))


def confirmation_of(source: SourceSettings) -> Confirmation:
    """When a suspect document of a source is believed."""
    return Confirmation(source.confirm_after, source.confirm_checks)


def load_profiles(
    client: str,
    promise: str | None,
    *,
    folder: Path | None = None,
    extensions: ExtensionSettings | None = None,
) -> Profiles:
    """The profiles meant by two words: the name of a shipped one, or the path of a file, relative to `folder`.

    Raises UsageError for a name that is not known, a file that cannot be read, and a file that is no profile.
    """
    client_text, mine = _client(client, folder)
    promise_text, theirs = ("", None) if promise is None else _promise(promise, folder)
    known = _conventions(extensions or ExtensionSettings(), theirs)
    said = [client_text, promise_text, *(list(keys) for keys in (known.scopes, known.echoes, known.webhooks))]
    return Profiles(mine, theirs, known, hashlib.sha256(canonical_bytes(said)).hexdigest())


def promise_text(word: str, folder: Path | None = None) -> str:
    """The text of a promise profile, byte for byte. Raises UsageError as `load_profiles` does."""
    return _promise(word, folder)[0]


def _conventions(extensions: ExtensionSettings, promise: PromiseProfile | None) -> Conventions:
    """The keys that are set, else the defaults; and the phrases by which the section of the promise is known."""
    given = {
        "scopes": extensions.scopes,
        "echoes": extensions.echoes,
        "webhooks": extensions.webhooks,
        "deprecated": extensions.deprecated,
        "sunset": extensions.sunset,
    }
    keys = {name: value for name, value in given.items() if value is not None}
    return Conventions(promise=promise_phrases(() if promise is None else (promise,)), **keys)


def _client(word: str, folder: Path | None) -> tuple[str, ClientProfile]:
    if word in client_names() or not _is_path(word):
        profile = client_profile(word)
        return resources.text("profiles", f"clients/{word}.toml"), profile
    text, path = _own(word, folder)
    return text, _in_file(path, client_profile_from, text)


def _promise(word: str, folder: Path | None) -> tuple[str, PromiseProfile]:
    if word in promise_names() or not _is_path(word):
        profile = promise_profile(word)
        return resources.text("profiles", f"promises/{word}.toml"), profile
    text, path = _own(word, folder)
    return text, _in_file(path, promise_profile_from, text)


def _in_file(path: Path, read: Callable[[str, str], P], text: str) -> P:
    """Read a profile; a mistake in it names the file."""
    try:
        return read(text, path.stem)
    except UsageError as error:
        raise UsageError(error.what, where=str(path), advice=error.advice) from error


def _is_path(word: str) -> bool:
    return word.endswith(".toml") or "/" in word or "\\" in word


def _own(word: str, folder: Path | None) -> tuple[str, Path]:
    path = Path(word).expanduser()
    path = path if path.is_absolute() or folder is None else folder / path
    try:
        return path.read_text(encoding="utf-8"), path
    except OSError as error:
        raise UsageError(f"the profile cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise UsageError("the profile is not UTF-8 text", where=str(path)) from error
