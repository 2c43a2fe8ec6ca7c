"""Secrets come from the environment only: written out they are refused, and no message repeats one."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigurationError
from monitor.settings import Settings, SmtpSettings, SourceSettings

SOURCE = '[[sources]]\nname = "acme"\nurl = "https://api.acme.example/openapi.json"\n'
SMTP = '[smtp]\nhost = "mail.example.org"\nsender = "a@example.org"\nusername = "me"\n'
SECRET = "hunter2hunter2"

WRITTEN_OUT = {
    "a password": (SMTP + f'password = "{SECRET}"\n', 5),
    "a password that is a number": (SMTP + "password = 224466881\n", 5),
    "a password behind a scheme": (SMTP + f'password = "{SECRET} env:NAME"\n', 5),
    "an authorization": (SOURCE + f'headers = {{ Authorization = "Bearer {SECRET}" }}\n', 4),
    "an authorization in small letters": (SOURCE + f'[sources.headers]\nauthorization = "{SECRET}"\n', 5),
    "a cookie": (SOURCE + f'headers = {{ Cookie = "session={SECRET}" }}\n', 4),
    "a key": (SOURCE + f'headers = {{ X-Api-Key = "{SECRET}" }}\n', 4),
    "a token": (SOURCE + f'headers = {{ Private-Token = "{SECRET}" }}\n', 4),
    "a header that names a variable wrongly": (SOURCE + f'headers = {{ X-Acme = "env:{SECRET}-1" }}\n', 4),
    "a url": (f'[[sources]]\nname = "a"\nurl = "https://me:{SECRET}@api.acme.example/x"\n', 3),
    "a url with nothing else": (f'[[sources]]\nname = "a"\nurl = "https://{SECRET}@api.acme.example/x"\n', 3),
    "a database": (f'database = "postgresql://me:{SECRET}@db/specwatch"\n', 1),
    "a database's option": (f'database = "postgresql://db/specwatch?password={SECRET}"\n', 1),
}


@pytest.mark.parametrize(("text", "line"), WRITTEN_OUT.values(), ids=WRITTEN_OUT)
def test_a_secret_that_is_written_out_is_refused_and_not_repeated(refusal, file, text, line):
    error = refusal(text)
    assert error.where == f"{file}:{line}"
    assert SECRET not in str(error)
    assert "224466881" not in str(error)


def source(**headers: str) -> SourceSettings:
    return SourceSettings("acme", "https://api.acme.example/openapi.json", headers=headers)


def test_a_header_is_filled_from_the_environment():
    headers = source(Authorization="Bearer env:TOKEN", Key="env:KEY", Accept="application/json")
    assert headers.resolved_headers({"TOKEN": "t", "KEY": "k\n"}) == {
        "Authorization": "Bearer t",
        "Key": "k",
        "Accept": "application/json",
    }


@pytest.mark.parametrize("environ", [{}, {"ACME_TOKEN": ""}, {"ACME_TOKEN": " \n"}])
def test_a_variable_that_is_not_set_is_named_with_what_needs_it(environ):
    with pytest.raises(ConfigurationError) as caught:
        source(Authorization="Bearer env:ACME_TOKEN").resolved_headers(environ)
    assert "ACME_TOKEN" in str(caught.value)
    assert "Authorization of acme" in str(caught.value)


def test_a_variable_cannot_smuggle_in_another_header():
    with pytest.raises(ConfigurationError) as caught:
        source(Authorization="env:TOKEN").resolved_headers({"TOKEN": f"{SECRET}\r\nX-Other: y"})
    assert "TOKEN" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_the_password_of_the_mail_server_is_filled_from_the_environment(settings_of):
    smtp = settings_of(SMTP + 'password = "env:MAIL_PASSWORD"\n').smtp
    assert smtp.resolved_password({"MAIL_PASSWORD": "x y"}) == "x y"
    with pytest.raises(ConfigurationError, match="MAIL_PASSWORD"):
        smtp.resolved_password({})
    assert SmtpSettings("h", 25, "none", "a@example.org").resolved_password({}) is None


def test_no_secret_is_part_of_the_settings(settings_of, monkeypatch):
    monkeypatch.setenv("MAIL_PASSWORD", SECRET)
    settings = settings_of(SMTP + 'password = "env:MAIL_PASSWORD"\n')
    assert SECRET not in repr(settings)


def test_the_database_lies_beside_the_configuration_unless_it_says_otherwise(tmp_path):
    def url(database: str | None) -> str:
        return Settings(database=database).database_url(tmp_path, {})

    assert url(None) == f"sqlite:///{tmp_path}/specwatch.db"
    assert url("sqlite:///data/x.db") == f"sqlite:///{tmp_path}/data/x.db"
    assert url("sqlite:///x.db?timeout=5") == f"sqlite:///{tmp_path}/x.db?timeout=5"
    assert url("sqlite:////var/lib/x.db") == "sqlite:////var/lib/x.db"
    assert url("sqlite:///:memory:") == "sqlite:///:memory:"
    assert url("sqlite://") == "sqlite://"


def test_the_file_of_an_sqlite_database_is_told_and_of_another_there_is_none(tmp_path):
    def file(database: str | None) -> Path | None:
        return Settings(database=database).database_file(tmp_path, {"DATABASE_URL": "postgresql://db/specwatch"})

    assert file(None) == tmp_path / "specwatch.db"
    assert file("sqlite:///data/x.db?timeout=5") == tmp_path / "data/x.db"
    assert (file("sqlite:///:memory:"), file("env:DATABASE_URL")) == (None, None)


def test_a_database_that_is_relative_does_not_hang_on_where_the_process_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Settings().database_url(Path()) == f"sqlite:///{tmp_path}/specwatch.db"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_postgresql_database_is_reached_through_psycopg_3(settings_of, tmp_path, scheme):
    settings = settings_of(f'database = "{scheme}://me@db/specwatch"\n')
    assert settings.database_url(tmp_path, {}) == "postgresql+psycopg://me@db/specwatch"


def test_the_database_may_come_from_the_environment_with_its_password(settings_of, tmp_path, monkeypatch):
    settings = settings_of('database = "env:DATABASE_URL"\n')
    given = {"DATABASE_URL": f"postgres://me:{SECRET}@db/specwatch"}
    assert settings.database_url(tmp_path, given) == f"postgresql+psycopg://me:{SECRET}@db/specwatch"
    monkeypatch.setenv("DATABASE_URL", "sqlite:///there.db")
    assert settings.database_url(tmp_path) == f"sqlite:///{tmp_path}/there.db"
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        settings.database_url(tmp_path, {})
    with pytest.raises(ConfigurationError) as caught:
        settings.database_url(tmp_path, {"DATABASE_URL": f"nonsense {SECRET}"})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("scheme", ["", "Bearer "])
def test_a_header_is_filled_from_a_file(tmp_path, scheme):
    (tmp_path / "token").write_text(f"{SECRET}\n")
    value = f"{scheme}file:{tmp_path / 'token'}"
    headers = source(Authorization=value).resolved_headers({})
    assert headers == {"Authorization": f"{scheme}{SECRET}"}
    assert source(Authorization=value).secrets(headers) == (SECRET,)


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe", b"a\r\nX-Other: 1"])
def test_a_file_that_holds_no_secret_is_named_and_not_shown(tmp_path, content):
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        source(Authorization=f"file:{path}").resolved_headers({})
    assert str(path) in str(caught.value)
    assert "Authorization of acme" in str(caught.value)
    assert "X-Other" not in str(caught.value)


def test_a_password_and_a_database_may_be_in_a_file(settings_of, tmp_path):
    (tmp_path / "db").write_text("postgresql://me:pw@db/specwatch\n")
    settings = settings_of(f'database = "file:{tmp_path / "db"}"\n' + SMTP + 'password = "file:/run/secrets/smtp"\n')
    assert settings.smtp.password == "file:/run/secrets/smtp"
    assert settings.database_url(tmp_path, {}) == "postgresql+psycopg://me:pw@db/specwatch"


@pytest.mark.parametrize("text", ["file:secrets/x", "file://host/x", "file:"])
def test_a_secret_s_file_is_named_by_its_whole_path(refusal, text):
    refusal(SOURCE + f'headers = {{ Authorization = "{text}" }}\n')
