"""A configuration that others can write, or that holds what may be a secret and that others can read, is refused."""

from __future__ import annotations

import pytest

from monitor.errors import ConfigurationError
from monitor.settings import Followed

SOURCE = '[[sources]]\nname = "acme"\nurl = "https://api.acme.example/openapi.json"\n'
SECRET = "hunter2hunter2"


def follow(file, text: str, mode: int) -> None:
    file.write_text(text)
    file.chmod(mode)
    followed = Followed(file)
    assert followed.changed()
    assert followed.settings is not None


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o600, 0o664])
def test_references_and_harmless_headers_may_be_read_by_everybody(file, mode):
    headers = 'headers = { Authorization = "Bearer env:TOKEN", X-Acme = "file:/run/secrets/x", Accept = "application/json" }\n'
    follow(file, SOURCE + headers, mode)


def test_a_header_that_is_written_out_may_not(file):
    text = f'{SOURCE}headers = {{ X-Acme = "{SECRET}" }}\n'
    with pytest.raises(ConfigurationError) as caught:
        follow(file, text, 0o644)
    assert "X-Acme of acme" in str(caught.value)
    assert f"chmod o-r {file}" in str(caught.value)
    assert SECRET not in str(caught.value)
    follow(file, text, 0o640)


def test_one_beside_the_configuration_is_held_to_the_same(file):
    file.write_text(SOURCE)
    more = file.parent / "sources.d" / "team.toml"
    more.parent.mkdir()
    more.write_text(f'[[sources]]\nname = "b"\nurl = "b.json"\nheaders = {{ X-Acme = "{SECRET}" }}\n')
    more.chmod(0o604)
    followed = Followed(file)
    with pytest.raises(ConfigurationError, match="header X-Acme of b"):
        followed.changed()
    assert not followed.changed()  # it is said once
    more.chmod(0o600)
    assert followed.changed()


def test_what_everybody_may_write_is_never_followed(file):
    with pytest.raises(ConfigurationError, match="chmod o-w"):
        follow(file, SOURCE, 0o666)
