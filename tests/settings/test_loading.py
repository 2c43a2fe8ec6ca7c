"""What the configuration says is read strictly: every key, and every mistake with its line."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import ConfigurationError, UnknownSource
from monitor.settings import (
    AlertSettings,
    ChannelSettings,
    DaemonSettings,
    DigestSettings,
    ExtensionSettings,
    FetchSettings,
    LimitsSettings,
    RetentionSettings,
    Settings,
    SmtpSettings,
    SourceSettings,
    SubscriptionSettings,
    find,
    format_every,
    load,
    parse_age,
    parse_every,
)

SOURCE = '[[sources]]\nname = "acme"\nurl = "https://api.acme.example/openapi.json"\n'
SMTP = '[smtp]\nhost = "mail.example.org"\nsender = "specwatch@example.org"\n'
EXAMPLE = Path(__file__).resolve().parents[2] / "examples/specwatch.toml"


def test_every_key_of_the_example_is_read():
    settings = load(EXAMPLE)
    acme, billing, harbour = settings.sources
    assert acme == SourceSettings(
        name="acme",
        url="https://api.acme.example/openapi.json",
        promise="incident-io",
        client="tolerant-reader",
        every=timedelta(hours=2),
        headers={"Authorization": "Bearer env:ACME_TOKEN", "Accept": "application/json"},
        extensions=replace(settings.extensions, scopes=("x-permissions", "x-rbac-scopes")),
        confirm_after=timedelta(days=3),
        confirm_checks=4,
        paused=False,
        allow_hosts=("schemas.acme.example",),
        allow_networks=("10.20.0.0/16",),
        jitter=timedelta(minutes=5),
        uses=("GET /v2/incidents", "/v2/incidents/**", "webhook incident.*"),
        owner="payments",
        labels={"tier": "1"},
    )
    assert (billing.confirm_after, billing.confirm_checks) == (timedelta(days=3), None)
    assert (billing.day, billing.at, billing.timezone) == (("monday", "thursday"), ("07:30", "19:30"), "Europe/Berlin")
    assert billing.rhythm == "monday, thursday 07:30, 19:30 (Europe/Berlin)"
    assert harbour.rhythm == "*/20 6-18 * * mon-fri (America/New_York)"
    assert (billing.name, billing.headers) == ("billing", {"X-Api-Key": "env:BILLING_KEY"})
    assert billing.extensions == settings.extensions
    assert settings.extensions.scopes == ("x-rbac-scopes",)
    assert (settings.extensions.echoes, settings.extensions.webhooks) == (("x-mint",), ("x-webhooks",))
    assert settings.database == "sqlite:///specwatch.db"
    assert settings.recipients == ("integrations@example.org", "jo@example.org", "channel:team", "channel:pipeline")
    assert settings.channels == (
        ChannelSettings("team", url="env:SPECWATCH_TEAM_URL"),
        ChannelSettings(
            "pipeline",
            webhook="https://hooks.example.org/specwatch",
            secret="file:/run/secrets/specwatch-webhook",
        ),
    )
    when = {"day": "monday", "at": "08:00", "timezone": "Europe/London"}
    assert settings.digest == DigestSettings(**when, enabled=True, quiet=True, unsubscribe="api-team@example.org")
    assert settings.smtp == SmtpSettings(
        host="mail.example.org",
        port=587,
        security="starttls",
        sender="specwatch@example.org",
        username="specwatch",
        password="env:SPECWATCH_SMTP_PASSWORD",
    )


def test_the_example_shows_every_key_that_there_is():
    values = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    fields = {
        "sources": set(SourceSettings.__dataclass_fields__),
        "digest": set(DigestSettings.__dataclass_fields__),
        "alerts": set(AlertSettings.__dataclass_fields__),
        "extensions": set(ExtensionSettings.__dataclass_fields__),
        "smtp": set(SmtpSettings.__dataclass_fields__),
        "daemon": set(DaemonSettings.__dataclass_fields__),
        "fetch": set(FetchSettings.__dataclass_fields__),
        "limits": set(LimitsSettings.__dataclass_fields__),
        "retention": set(RetentionSettings.__dataclass_fields__),
    }
    assert set(values) == set(Settings.__dataclass_fields__)
    # An interval, times of the calendar and a cron expression exclude each other.
    assert set().union(*values["sources"]) == fields["sources"]
    assert set(values["digest"]) == fields["digest"]
    assert set(values["alerts"]) == fields["alerts"]
    assert set(values["subscriptions"][0]) == set(SubscriptionSettings.__dataclass_fields__)
    assert set(values["extensions"]) == fields["extensions"]
    assert set(values["smtp"]) == fields["smtp"]
    shown = {key for channel in values["channels"].values() for key in channel}
    assert shown == set(ChannelSettings.__dataclass_fields__) - {"name"}
    assert set(values["daemon"]) == fields["daemon"]


def test_the_example_says_the_keys_that_are_compared_without_it():
    """A default that is written down twice must be the same twice."""
    from monitor.compare import Conventions

    usual, said = Conventions(), load(EXAMPLE).extensions
    assert (said.scopes, said.echoes, said.webhooks) == (usual.scopes, usual.echoes, usual.webhooks)
    assert (said.deprecated, said.sunset) == (usual.deprecated, usual.sunset)


def test_what_a_source_leaves_out_of_its_extensions_is_that_of_all_sources(settings_of):
    text = (
        '[extensions]\nscopes = ["x-a"]\nwebhooks = []\n' + SOURCE + '[sources.extensions]\nscopes = ["x-b", "x-c"]\n'
    )
    (source,) = settings_of(text).sources
    assert source.extensions == ExtensionSettings(scopes=("x-b", "x-c"), echoes=None, webhooks=())


def test_an_empty_file_is_a_configuration_with_every_default(settings_of):
    settings = settings_of("")
    assert settings == Settings()
    assert settings.digest == DigestSettings(day="monday", at="08:00", timezone="UTC", enabled=True)


def test_a_source_needs_no_more_than_its_name_and_url(settings_of):
    (source,) = settings_of(SOURCE).sources
    assert (source.promise, source.client, source.every, source.headers, source.paused) == (
        None,
        "strict",
        timedelta(hours=6),
        {},
        False,
    )


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_usual_port_belongs_to_each_way_of_protecting_the_mail(settings_of, security, port):
    smtp = settings_of(SMTP + f'security = "{security}"\n').smtp
    assert (smtp.security, smtp.port) == (security, port)
    assert settings_of(SMTP + f'security = "{security}"\nport = 2525\n').smtp.port == 2525


def test_sources_may_be_written_as_one_list(settings_of):
    settings = settings_of('sources = [\n  {name = "a", url = "a.json"},\n  {name = "b", url = "b.json"},\n]\n')
    assert [source.name for source in settings.sources] == ["a", "b"]


def test_a_windows_editor_s_line_ends_and_byte_order_mark_do_no_harm(file):
    file.write_bytes(b"\xef\xbb\xbf" + SOURCE.replace("\n", "\r\n").encode())
    assert load(file).source("acme").url == "https://api.acme.example/openapi.json"


def test_a_missing_file_says_how_to_begin(file):
    with pytest.raises(ConfigurationError) as caught:
        load(file)
    assert str(file) in str(caught.value)
    assert "specwatch add NAME URL" in str(caught.value)


def test_a_folder_or_a_file_in_another_encoding_is_no_configuration(file):
    file.mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(file)
    latin = file / "latin.toml"
    latin.write_bytes("# fine\n# caf\xe9\n".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="UTF-8") as caught:
        load(latin)
    assert caught.value.where == f"{latin}:2"


MISTAKES = {
    "an unknown key of a source": (SOURCE + 'evrey = "6h"\n', 4, ("evrey", "`every`")),
    "an unknown key at the top": ('# ours\n\nrecipient = ["a@example.org"]\n', 3, ("recipient", "`recipients`")),
    "an unknown table": (SOURCE + '\n[smpt]\nhost = "x"\n', 5, ("smpt", "`smtp`")),
    "an unknown key of a table": ('[digest]\nday = "monday"\nhour = "08:00"\n', 3, ("hour", "timezone")),
    "an unknown key of an inline table": ('digest = { day = "monday", zone = "UTC" }\n', 1, ("zone",)),
    "a key of no extension": ('[extensions]\nwebhooks = [\n "events"]\n', 3, ("events", "x-rbac-scopes")),
    "an extension key twice": ('[extensions]\nscopes = ["x-a",\n"x-a"]\n', 3, ("x-a stands twice among `scopes`",)),
    "a number for a text": (SOURCE + "every = 6\n", 4, ("`every` must be a text, not a whole number",)),
    "a text for a flag": (SOURCE + 'paused = "yes"\n', 4, ("`paused` must be true or false, not a text",)),
    "a flag for a number": (SMTP + "port = true\n", 4, ("`port` must be a whole number, not true or false",)),
    "a text for a list": ('recipients = "a@example.org"\n', 1, ("must be a list, not a text",)),
    "a number within a list": ('recipients = [\n  "a@example.org",\n  7,\n]\n', 3, ("must be a text",)),
    "a time for a text": ("[digest]\nat = 08:00:00\n", 2, ("not a date or a time",)),
    "a table for a list of tables": ('[sources]\nname = "acme"\n', 1, ("must be a list, not a table",)),
    "texts for tables": ('sources = [\n  "acme",\n]\n', 2, ("must hold tables, not a text",)),
    "no url": (
        '[[sources]]\nname = "a"\nurl = "a.json"\n\n[[sources]]\nname = "b"\n',
        5,
        ("[[sources]] has no `url`",),
    ),
    "no sender": ('\n[smtp]\nhost = "mail.example.org"\n', 2, ("[smtp] has no `sender`",)),
    "two of a name": (SOURCE + "\n" + SOURCE, 6, ("'acme'", "line 2")),
    "an interval that is none": (SOURCE + 'every = "sometimes"\n', 4, ("'sometimes'", "6h")),
    "a name for an option": ('[[sources]]\nname = "-v"\nurl = "x"\n', 2, ("'-v'",)),
    "a name that a date could follow": ('[[sources]]\nname = "a@b"\nurl = "x"\n', 2, ("'a@b'",)),
    "a scheme that is not fetched": ('[[sources]]\nname = "a"\nurl = "ftp://x/y"\n', 3, ("ftp", "https")),
    "a url without a host": ('[[sources]]\nname = "a"\nurl = "https:///y"\n', 3, ("no host",)),
    "a day that is none": ('[digest]\nday = "mondag"\n', 2, ("'mondag'", "'monday'")),
    "an hour that is none": ('[digest]\nat = "24:00"\n', 2, ("'24:00'", "08:00")),
    "a zone that is none": ('[digest]\ntimezone = "Europe/Lundon"\n', 2, ("'Europe/Lundon'", "'Europe/London'")),
    "a protection that is none": (SMTP + 'security = "ssl"\n', 4, ("'ssl'",)),
    "a port that is none": (SMTP + "port = 70000\n", 4, ("70000",)),
    "a server with a scheme": ('[smtp]\nhost = "smtp://x"\nsender = "a@example.org"\n', 2, ("smtp://x",)),
    "a sender that is no address": ('[smtp]\nhost = "x"\nsender = "specwatch"\n', 3, ("'specwatch'",)),
    "an address with a line break": ('recipients = ["a@example.org\\nBcc: b@example.org"]\n', 1, ("no email address",)),
    "a channel that there is not": (
        'recipients = ["channel:opps"]\n[channels.ops]\nurl = "env:A"\n',
        1,
        ("no channel 'opps'", "channel:ops"),
    ),
    "a channel's URL that is written down": (
        '[channels.ops]\nurl = "slack://hunter2/b/c"\n',
        2,
        ("must be named", "env:NAME"),
    ),
    "a channel with two ways": ('[channels.ops]\nurl = "env:A"\nwebhook = "env:B"\nsecret = "env:C"\n', 1, ("either",)),
    "a channel with no way": ("[channels.ops]\n", 1, ("either",)),
    "a webhook without a secret": ('[channels.ops]\nwebhook = "https://h.example/"\n', 1, ("belong together",)),
    "a webhook's secret that is written down": (
        '[channels.ops]\nwebhook = "https://h.example/"\nsecret = "hunter2"\n',
        3,
        ("must be named",),
    ),
    "a webhook in the clear": (
        '[channels.ops]\nwebhook = "http://h.example/"\nsecret = "env:A"\n',
        2,
        ("https:", "allow_private"),
    ),
    "a webhook with a password": (
        '[channels.ops]\nwebhook = "https://a:hunter2@h.example/"\nsecret = "env:A"\n',
        2,
        ("password",),
    ),
    "a webhook that is a file": ('[channels.ops]\nwebhook = "/hunter2"\nsecret = "env:A"\n', 2, ("https:",)),
    "a channel of a strange name": ('[channels."o p"]\nurl = "env:A"\n', 1, ("name of a channel",)),
    "an unknown key of a channel": ('[channels.ops]\nurll = "env:A"\n', 2, ("urll", "`url`")),
    "an address twice": ('recipients = [\n  "a@example.org",\n  "A@example.org",\n]\n', 3, ("twice",)),
    "a user name alone": (SMTP + 'username = "me"\n', 4, ("belong together",)),
    "a database of another kind": ('database = "mysql://db/specwatch"\n', 1, ("sqlite:///specwatch.db",)),
    "a header with a space": (SOURCE + '[sources.headers]\n"X Y" = "z"\n', 5, ("'X Y'",)),
    "a header with a line break": (SOURCE + 'headers = { Accept = "a\\r\\nX: y" }\n', 4, ("control characters",)),
    "the same key twice": (SOURCE + 'name = "b"\n', 4, ("twice",)),
    "no value": ("database =\n", 1, ("not TOML",)),
    "no closing quote": ('\n\ndatabase = "sqlite:///x\n', 3, ()),
    "the end in the middle": ('recipients = [\n  "a@example.org",\n', 2, ("not TOML",)),
}


@pytest.mark.parametrize(("text", "line", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_its_line(refusal, file, text, line, words):
    error = refusal(text)
    assert error.where is not None
    assert error.where.removeprefix(str(file)).split(":")[1] == str(line)
    assert not [word for word in words if word not in str(error)]


def test_a_mistake_behind_every_kind_of_value_still_finds_its_line(refusal, file):
    text = (
        'database = """\\\n  sqlite:///a.db"""\n'  # lines 1 and 2
        'recipients = [ # ] not the end\n  \'a@example.org\', # "\n  "b]@example.org"\n]\n'
    )
    assert refusal(text).where == f"{file}:5"
    text = (
        "sources = [\n  {name = 'a', url = 'a#b.json'}, # }\n  {name = 'b', url = '''b\"''', "
        '"promis\\u0065s" = 1},\n]'
    )
    assert refusal(text).where == f"{file}:3"


def test_an_unknown_source_comes_with_the_nearest(settings_of):
    settings = settings_of(SOURCE)
    assert settings.source("acme").name == "acme"
    with pytest.raises(UnknownSource, match="'acme'"):
        settings.source("acne")
    with pytest.raises(UnknownSource, match="specwatch list"):
        settings.source("zzz")
    with pytest.raises(UnknownSource, match="specwatch add"):
        settings_of("").source("acme")


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("1m", timedelta(minutes=1)),
        ("90m", timedelta(minutes=90)),
        ("6h", timedelta(hours=6)),
        ("1d", timedelta(days=1)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_an_interval_is_read_and_written_alike(text, every):
    assert parse_every(text) == every
    assert format_every(every) == text


@pytest.mark.parametrize("text", ["", "6", "h", "0h", "-1h", "6 h", "6H", "1.5h", "1h30m", "999999h", "٦h"])
def test_what_is_no_interval_is_refused(text):
    with pytest.raises(ConfigurationError, match="interval"):
        parse_every(text)


def test_the_file_is_found_by_the_option_then_the_variable_then_where_one_stands():
    environ = {"SPECWATCH_CONFIG": "/etc/specwatch.toml"}
    assert find("mine.toml", environ) == Path("mine.toml")
    assert find(None, environ) == Path("/etc/specwatch.toml")
    assert find(None, {"SPECWATCH_CONFIG": ""}) == Path("specwatch.toml")
    assert find(None, {}) == Path("specwatch.toml")


def test_reading_the_configuration_loads_nothing_heavy():
    script = (
        "import sys, monitor.settings\n"
        "heavy = {'sqlalchemy', 'httpx', 'tomlkit', 'rich', 'jinja2', 'msgspec'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("network", ["10.0.0.0/99", "intranet", "10.1.0.1/8", ""])
def test_what_is_no_network_is_told_with_its_line(refusal, network):
    error = refusal(f'[[sources]]\nname = "a"\nurl = "a.json"\nallow_networks = ["{network}"]\n')
    assert ":4" in (error.where or "")
    assert "is no network" in error.what


def test_how_documents_are_downloaded_is_read():
    assert load(EXAMPLE).fetch == FetchSettings(
        contact="api-team@example.org", proxy="http://proxy.example:3128", ca_file="company-ca.pem"
    )


@pytest.mark.parametrize(
    "line",
    [
        'proxy = "socks5://x:1"',
        'proxy = "http://me:hunter2@proxy.example:1"',
        'proxy = "proxy.example:3128"',
        'contact = "somebody"',
        'contact = "https://x y"',
        "alert_after = 0",
        "max_megabytes = 5000",
        "time_limit = 0",
        'ca_file = ""',
        "retries = 3",
    ],
)
def test_a_way_of_downloading_that_cannot_be_followed_is_told_with_its_line(refusal, line):
    error = refusal(f"[fetch]\n{line}\n")
    assert (error.where or "").endswith(":2")
    assert "hunter2" not in str(error)


def test_what_a_document_may_take_of_the_machine_is_read(tmp_path):
    assert load(EXAMPLE).limits == LimitsSettings()  # which shows the defaults
    path = tmp_path / "specwatch.toml"
    path.write_text("[limits]\ncompare_time = 20\ncompare_megabytes = 512\nopinion_time = 0\n", encoding="utf-8")
    assert load(path).limits == LimitsSettings(compare_time=20, compare_megabytes=512, opinion_time=0)


@pytest.mark.parametrize(
    "line",
    ["compare_time = 0", "compare_time = 99999", "compare_megabytes = 10", "opinion_time = -1", "nodes = 5"],
)
def test_limits_that_cannot_be_kept_are_told_with_their_line(refusal, line):
    error = refusal(f"[limits]\n{line}\n")
    assert (error.where or "").endswith(":2")


def test_what_is_forgotten_is_nothing_unless_it_is_said(settings_of):
    assert settings_of("").retention == RetentionSettings()
    assert load(EXAMPLE).retention == RetentionSettings(parse_age("2y"), 100)
    assert settings_of("[retention]\nkeep = 7\n").retention == RetentionSettings(keep=7)


@pytest.mark.parametrize("line", ['older_than = "soon"', "older_than = 90", "keep = 0", 'messages = "1y"'])
def test_a_retention_that_is_none_is_told_with_its_line(refusal, line):
    error = refusal(f"[retention]\n{line}\n")
    assert (error.where or "").endswith(":2")


@pytest.mark.parametrize(("written", "proxy"), [("none", ""), (None, None), ("env:PROXY", "http://me:pw@p:1")])
def test_a_proxy_may_be_named_or_none(written, proxy):
    assert FetchSettings(proxy=written).resolved_proxy({"PROXY": "http://me:pw@p:1"}) == proxy


@pytest.mark.parametrize("number", [0, -1])
def test_no_check_at_all_confirms_nothing(tmp_path, number):
    path = tmp_path / "specwatch.toml"
    path.write_text(f"{SOURCE}confirm_checks = {number}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="confirm nothing") as refused:
        load(path)
    assert refused.value.where == f"{path}:4"


def test_how_the_daemon_is_seen_is_read(settings_of):
    text = '[daemon]\nlisten = "[::1]:9464"\nlog = "json"\nheartbeat_url = "env:PING"\nheartbeat_networks = ["10.0.0.0/8"]\n'
    assert settings_of(text).daemon == DaemonSettings(("::1", 9464), "json", "env:PING", ("10.0.0.0/8",))


@pytest.mark.parametrize(
    "line",
    [
        'listen = "9464"',
        'listen = "localhost"',
        'listen = "::1:9464"',
        'listen = "[localhost]:9464"',
        'listen = "127.0.0.1:65536"',
        'listen = ":9464"',
        'log = "xml"',
        'heartbeat_url = "https://hc.example/ping/1a2b3c4d"',
        'heartbeat_networks = ["10.0.0.0/8"]',
        'lisen = "127.0.0.1:9464"',
    ],
)
def test_what_cannot_be_of_the_daemon_is_told_with_its_line_and_no_secret(refusal, file, line):
    error = refusal(f"[daemon]\n{line}\n")
    assert error.where == f"{file}:2"
    assert "1a2b3c4d" not in str(error)


def test_a_heartbeat_url_that_is_none_is_told_without_it():
    with pytest.raises(ConfigurationError) as caught:
        DaemonSettings(heartbeat_url="env:PING").resolved_heartbeat({"PING": "hc.example/1a2b3c4d"})
    assert "1a2b3c4d" not in str(caught.value)


SUBSCRIPTION = '[[subscriptions]]\nname = "pay"\nrecipients = ["a@example.org"]\n'


def test_a_subscription_chooses_sources_by_owner_and_labels(settings_of):
    sources = SOURCE + 'owner = "mia"\nlabels = { team = "payments", tier = "1" }\n'
    settings = settings_of(
        sources + SUBSCRIPTION + 'owner = "mia"\nlabels = { team = "payments" }\ntags = ["Boats V1"]\n'
    )
    (subscription,) = settings.subscriptions
    assert (subscription.owner, dict(subscription.labels), subscription.tags) == (
        "mia",
        {"team": "payments"},
        ("Boats V1",),
    )
    assert subscription.chosen(settings.sources) == tuple(source.name for source in settings.sources)
    assert settings_of(SOURCE + SUBSCRIPTION).subscriptions[0].chosen(settings.sources) is None


@pytest.mark.parametrize(
    ("written", "line", "what"),
    [
        ('labels = { team = "search" }', 4, "no source is meant by the subscription 'pay'"),
        ('owner = "noa"', 4, "no source is meant by the subscription 'pay'"),
        ("labels = { team = 1 }", 4, "`team` must be a text"),
        ('labels = ["team"]', 4, "`labels` must be a table"),
        ("owner = 3", 4, "`owner` must be a text"),
        ("owner = ' '", 4, "this cannot stand here"),
        ("tags = 'Boats'", 4, "`tags` must be a list"),
        ("tags = ['']", 4, "this cannot be the name of a tag"),
        ("tags = ['a', 'a']", 4, "a stands twice among `tags`"),
        ('tag = ["Boats"]', 4, "there is no key `tag`"),
    ],
)
def test_a_filter_that_cannot_be_followed_names_its_line(settings_of, written, line, what):
    source = '[[sources]]\nname = "acme"\nurl = "https://a.example"\nlabels = { team = "payments" }\n'
    with pytest.raises(ConfigurationError, match=re.escape(what)) as raised:
        settings_of(f"{SUBSCRIPTION}{written}\n{source}")
    assert str(raised.value.where).endswith(f":{line}")


def test_a_subscription_that_means_no_source_is_told_whom_it_could_mean(settings_of):
    source = '[[sources]]\nname = "acme"\nurl = "https://a.example"\nowner = "mia"\nlabels = { team = "payments" }\n'
    with pytest.raises(ConfigurationError) as raised:
        settings_of(f'{SUBSCRIPTION}owner = "noa"\n{source}')
    assert raised.value.advice == 'Owners: mia. Labels: team = "payments".'
    with pytest.raises(ConfigurationError) as raised:
        settings_of(f'{SUBSCRIPTION}owner = "noa"\n[[sources]]\nname = "acme"\nurl = "https://a.example"\n')
    assert raised.value.advice == "No source has an owner or labels."
