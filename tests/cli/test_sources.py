"""Watching APIs: add, list, set, pause, resume, rename, remove, check, import, history."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib

import pytest


@pytest.fixture
def acme(specwatch, place):
    """`acme` is watched: a file that a test may replace."""
    shutil.copy(place / "before.yaml", place / "acme.yaml")
    assert specwatch("add", "acme", "acme.yaml").code == 0
    return place / "acme.yaml"


def configuration(place) -> dict:
    return tomllib.loads((place / "specwatch.toml").read_text(encoding="utf-8"))


def test_add_writes_the_configuration_and_names_the_next_command(specwatch, place):
    result = specwatch("add", "acme", "https://api.acme.example/openapi.json", "--every", "2h")
    assert result.code == 0
    (source,) = configuration(place)["sources"]
    assert (source["name"], source["url"], source["every"]) == ("acme", "https://api.acme.example/openapi.json", "2h")
    assert "specwatch check acme" in result.out


def test_a_schedule_is_given_and_changed_by_options(specwatch, place):
    options = ("--at", "08:00", "--at", "16:00", "--day", "monday", "--timezone", "Europe/London")
    result = specwatch("add", "acme", "https://api.acme.example/openapi.json", *options)
    assert "acme: https://api.acme.example/openapi.json, monday 08:00, 16:00 (Europe/London)," in result.out
    result = specwatch("set", "acme", "--cron", "30 6 * * mon-fri", "--confirm-checks", "3", "--owner", "payments")
    assert result.out == (
        "acme: https://api.acme.example/openapi.json, 30 6 * * mon-fri (Europe/London), client strict.\n"
    )
    (source,) = configuration(place)["sources"]
    assert source == {
        "name": "acme",
        "url": "https://api.acme.example/openapi.json",
        "timezone": "Europe/London",
        "cron": "30 6 * * mon-fri",
        "confirm_checks": 3,
        "owner": "payments",
    }


def test_add_works_offline_and_keeps_comments(specwatch, place):
    (place / "specwatch.toml").write_text("# ours, do not touch\n")
    assert specwatch("add", "acme", "https://nowhere.invalid/openapi.json").code == 0
    assert specwatch("add", "other", "https://nowhere.invalid/other.json").code == 0
    assert "# ours, do not touch" in (place / "specwatch.toml").read_text(encoding="utf-8")
    assert [source["name"] for source in configuration(place)["sources"]] == ["acme", "other"]


def test_add_proposes_the_promise_that_fits_the_host(specwatch, place):
    result = specwatch("add", "io", "https://api.incident.io/v1/openapiV3.json")
    assert result.code == 0
    assert "incident-io" in result.out
    assert "promise" not in configuration(place)["sources"][0]
    assert "specwatch set io --promise incident-io" in result.out


def test_add_twice_is_wrong_use(specwatch, acme):
    result = specwatch("add", "acme", "other.yaml")
    assert result.code == 2
    assert "specwatch set acme" in result.err


def test_add_refuses_an_unknown_profile_before_it_writes(specwatch, place):
    assert specwatch("add", "acme", "acme.yaml", "--promise", "nobody").code == 2
    assert not (place / "specwatch.toml").exists()


def test_the_first_check_is_a_baseline_and_not_a_flood(specwatch, acme):
    result = specwatch("check")
    assert result.code == 0
    assert "breaking" not in result.out
    assert "unchanged" in specwatch("check", "acme").out


def test_a_check_says_what_breaks(specwatch, acme, place):
    specwatch("check")
    shutil.copy(place / "after.yaml", acme)
    result = specwatch("check", "acme")
    assert result.code == 0
    assert "1 breaking" in result.out
    assert "lit" in result.out


def test_one_source_that_fails_does_not_stop_the_others(specwatch, acme):
    specwatch("add", "broken", "nowhere.yaml")
    result = specwatch("check")
    assert result.code == 3
    assert "acme" in result.out
    assert "broken" in result.err
    rows = json.loads(specwatch("check", "--format", "json").out)
    assert {row["source"]: row["outcome"] for row in rows} == {"acme": "unchanged", "broken": "failed"}


def test_an_unknown_source_is_wrong_use(specwatch, acme):
    for arguments in (("check", "acne"), ("history", "acne"), ("report", "acne"), ("deprecations", "acne")):
        result = specwatch(*arguments)
        assert result.code == 2
        assert "acne" in result.err


def test_list_shows_how_each_source_is_doing(specwatch, acme):
    assert "never" in specwatch("list").out
    specwatch("check")
    (row,) = json.loads(specwatch("list", "--format", "json").out)
    assert row["name"] == "acme"
    assert row["snapshots"] == 1


def test_set_changes_one_thing_and_leaves_the_rest(specwatch, acme, place):
    assert specwatch("set", "acme", "--every", "1d", "--client", "codegen").code == 0
    (source,) = configuration(place)["sources"]
    assert (source["every"], source["client"], source["url"]) == ("1d", "codegen", "acme.yaml")


def test_set_without_anything_to_set_is_wrong_use(specwatch, acme):
    assert specwatch("set", "acme").code == 2


def test_a_paused_source_is_left_alone_until_it_is_resumed(specwatch, acme):
    assert specwatch("pause", "acme").code == 0
    assert "acme" not in specwatch("check").out
    assert "paused" in specwatch("list").out
    assert specwatch("resume", "acme").code == 0
    assert "acme" in specwatch("check").out


def test_rename_keeps_the_history(specwatch, acme):
    specwatch("check")
    assert specwatch("rename", "acme", "apex").code == 0
    assert json.loads(specwatch("list", "--format", "json").out)[0]["name"] == "apex"
    assert "apex" in specwatch("history", "apex").out
    assert specwatch("history", "acme").code == 2


def test_remove_asks_and_a_no_changes_nothing(process, specwatch, acme):
    specwatch("check")
    refused = process("remove", "acme", stdin="n\n")
    assert refused.code != 0
    assert json.loads(specwatch("list", "--format", "json").out)


def test_remove_without_an_answer_says_how_to_answer(process, acme):
    result = process("remove", "acme")
    assert result.code == 2
    assert "--yes" in result.err


def test_remove_forgets_everything(specwatch, acme, place):
    specwatch("check")
    assert specwatch("remove", "acme", "--yes").code == 0
    assert not configuration(place).get("sources")
    specwatch("add", "acme", "acme.yaml")
    assert "never" in specwatch("list").out


def test_a_folder_of_dated_files_is_imported_once(specwatch, acme, place):
    folder = place / "versions"
    folder.mkdir()
    shutil.copy(place / "before.yaml", folder / "2026-01-01T0900_a.yaml")
    shutil.copy(place / "harmless.yaml", folder / "2026-02-01_b.yaml")
    first = specwatch("import", "acme", "versions")
    assert first.code == 0
    assert "2 new" in first.out
    again = specwatch("import", "acme", "versions")
    assert again.code == 0
    assert "0 new" in again.out
    history = specwatch("history", "acme").out
    assert "2026-01-01" in history
    assert "2026-02-01" in history


def test_a_file_without_a_date_needs_one(specwatch, acme):
    assert specwatch("import", "acme", "before.yaml").code == 2
    assert specwatch("import", "acme", "before.yaml", "--date", "2026-01-01").code == 0
    assert specwatch("import", "acme", "before.yaml", "--date", "soon").code == 2


def test_a_version_that_cannot_be_read_is_named_and_the_others_come_in(specwatch, acme, place):
    folder = place / "versions"
    folder.mkdir()
    shutil.copy(place / "before.yaml", folder / "2026-01-01_a.yaml")
    (folder / "2026-01-02_b.yaml").write_text("<html>")
    result = specwatch("import", "acme", "versions")
    assert result.code == 3
    assert "1 new" in result.out
    assert "2026-01-02_b.yaml" in result.err


def test_every_version_of_a_file_in_a_git_history_is_imported_with_its_date(specwatch, acme, place):
    repository = place / "repository"
    repository.mkdir()

    def git(*arguments: str, day: str = "2026-01-01") -> None:
        moment = f"{day}T09:00:00+00:00"
        environment = {"GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment, "PATH": "/usr/bin:/bin:/usr/local/bin"}
        person = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *person, *arguments], cwd=repository, env=environment, check=True, capture_output=True)

    git("init")
    for name, day in (("before", "2026-01-01"), ("harmless", "2026-03-01")):
        shutil.copy(place / f"{name}.yaml", repository / "openapi.yaml")
        git("add", ".")
        git("commit", "-m", name, day=day)
    result = specwatch("import", "acme", "--git", "repository", "--path", "openapi.yaml")
    assert result.code == 0
    assert "2 new" in result.out
    assert "2026-03-01" in specwatch("history", "acme").out


def test_import_refuses_what_does_not_go_together(specwatch, acme, place):
    assert specwatch("import", "acme").code == 2
    assert specwatch("import", "acme", "--git", ".").code == 2
    assert specwatch("import", "acme", "before.yaml", "--path", "x").code == 2


def test_stored_versions_are_sides_of_a_diff(specwatch, acme, place):
    specwatch("import", "acme", "before.yaml", "--date", "2026-01-01")
    specwatch("import", "acme", "after.yaml", "--date", "2026-02-01")
    document = json.loads(specwatch("diff", "acme@2026-01-15", "acme@latest", "--format", "json").out)
    assert document["summary"]["breaking"] == 1
    assert specwatch("diff", "acme@2025-01-01", "acme@latest").code == 2


def test_a_report_covers_its_half_open_span(specwatch, acme, place):
    specwatch("import", "acme", "before.yaml", "--date", "2026-01-01")
    specwatch("import", "acme", "after.yaml", "--date", "2026-02-01")

    def breaking(since: str, until: str) -> bool:
        report = specwatch("report", "acme", "--since", since, "--until", until, "--format", "json")
        assert report.code == 0
        return '"breaking"' in json.dumps(json.loads(report.out)) and "required-property-removed" in report.out

    assert breaking("2026-02-01", "2026-02-02")
    assert not breaking("2026-01-02", "2026-02-01")
    assert specwatch("report", "--since", "2026-02-02", "--until", "2026-02-01").code == 2
    assert specwatch("report", "--since", "lately").code == 2


def test_deprecations_in_json_are_a_list_of_objects(specwatch, acme):
    specwatch("import", "acme", "before.yaml", "--date", "2026-01-01")
    (entry,) = json.loads(specwatch("deprecations", "acme", "--format", "json", "--today", "2026-02-01").out)
    assert entry["source"] == "acme"
    assert entry["subject"]["path"] == "/v1/lanterns/{id}"
    assert entry["first_seen"]["after"] is None


def test_the_database_tells_its_schema(specwatch, acme):
    specwatch("check")
    result = specwatch("db", "current")
    assert result.code == 0
    lines = dict(line.split(":", 1) for line in result.out.splitlines())
    assert lines["database"].strip() == lines["needed"].strip()
    assert specwatch("db", "upgrade").code == 0


def test_a_digest_is_written_as_three_files(specwatch, acme, place):
    specwatch("check")
    assert specwatch("digest", "--preview", "there").code == 0
    assert {path.suffix for path in (place / "there").iterdir()} == {".html", ".txt", ".eml"}
    assert specwatch("digest").code == 2


def test_a_source_that_cannot_be_judged_is_wrong_configuration_and_the_others_are_checked(specwatch, acme, place):
    with (place / "specwatch.toml").open("a") as file:
        file.write('\n[[sources]]\nname = "strange"\nurl = "acme.yaml"\npromise = "./nowhere.toml"\n')
    result = specwatch("check")
    assert result.code == 2
    assert "acme: first version" in result.out
    assert "nowhere.toml" in result.err
    assert specwatch("report").code == 0


def test_the_words_of_a_document_move_no_terminal(specwatch, place):
    (place / "evil.json").write_text('{"openapi": "\\u001b[31mred", "paths": {}}')
    specwatch("add", "evil", "evil.json")
    result = specwatch("check")
    assert result.code == 3
    assert "\x1b" not in result.out + result.err


def test_an_invalid_document_is_said_to_be_invalid_with_its_problems(specwatch, acme, place):
    acme.write_text((place / "before.yaml").read_text().replace("description: All of them.", "descriptive: x"))
    result = specwatch("check", "acme")
    assert "invalid at 2 places" in result.out or "invalid at 1 place" in result.out
    assert "/paths/~1v1~1lanterns/get/responses/200" in result.out
    diff = specwatch("diff", "before.yaml", "acme.yaml")
    assert diff.code == 0
    assert "acme.yaml is not valid" in diff.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "--today", "9999-12-31"),
        ("report", "--today", "0001-01-01"),
        ("report", "--since", "0001-01-01T00:00+14:00"),
        ("diff", "acme@9999-12-31T00:00", "acme@latest"),
        ("digest", "--preview", "x", "--today", "0001-01-01"),
        ("digest", "--send", "--today", "2031-01-01"),
    ],
)
def test_a_day_that_cannot_be_meant_is_wrong_use(specwatch, acme, arguments):
    specwatch("check")
    result = specwatch(*arguments)
    assert result.code == 2
    assert "fault in specwatch" not in result.err


def test_a_digest_of_a_day_judges_deadlines_as_of_that_day(specwatch, acme, place):
    specwatch("set", "acme", "--promise", "incident-io")
    specwatch("import", "acme", "harmless.yaml", "--date", "2026-01-01")
    text = (place / "before.yaml").read_text()
    (place / "kept.yaml").write_text(text.replace("      deprecated: true\n", ""))
    specwatch("import", "acme", "kept.yaml", "--date", "2025-12-31")
    specwatch("digest", "--preview", "there", "--today", "2026-03-31")
    (told,) = (place / "there").glob("*.txt")
    assert "today (2026-03-31)" in told.read_text()


def test_secrets_in_a_url_are_refused(specwatch, place):
    result = specwatch("add", "acme", "https://api.acme.example/openapi.json?api_key=hunter2")
    assert result.code == 2
    assert "hunter2" not in result.out + result.err
    assert "env:NAME" in result.err


def test_a_digest_that_could_not_be_sent_is_never_said_to_be_sent(specwatch, acme, place):
    text = (place / "specwatch.toml").read_text()
    smtp = '[smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nsender = "w@example.org"\n'
    (place / "specwatch.toml").write_text(f'recipients = ["ann@example.org"]\n{smtp}{text}')
    specwatch("check")
    for _ in range(2):
        result = specwatch("digest", "--send")
        assert result.code == 3
        assert "could not be sent yet" in result.err
        assert " sent.\n" not in result.out


def test_edits_at_once_are_all_kept(process, place):
    import threading

    threads = [
        threading.Thread(target=process, args=("add", f"api{number}", f"https://x.example/{number}.json"))
        for number in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(configuration(place)["sources"]) == 5


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "10.0.0.5", "0x7f.1", "[::1]:8080"])
def test_add_says_what_a_private_address_needs(specwatch, place, host):
    result = specwatch("add", "inner", f"http://{host}/openapi.json")
    assert (result.code, "a loopback address" in result.err or "a private address" in result.err) == (0, True)
    assert "specwatch set inner --allow-private" in result.err
    assert specwatch("set", "inner", "--allow-private").code == 0
    assert configuration(place)["sources"][0]["allow_private"] is True
    assert specwatch("set", "inner", "--no-allow-private").code == 0
    assert "allow_private" not in configuration(place)["sources"][0]


def test_add_can_allow_a_private_address_at_once(specwatch, place):
    result = specwatch("add", "inner", "http://127.0.0.1:8000/openapi.json", "--allow-private")
    assert (result.code, result.err) == (0, "")
    assert configuration(place)["sources"][0]["allow_private"] is True
    assert "private addresses allowed" in result.out


def test_hosts_that_parts_may_come_from_are_added_and_taken_out(specwatch, place):
    url = "https://api.acme.example/openapi.json"
    result = specwatch("add", "acme", url, "--allow-host", "schemas.acme.example")
    assert (result.code, "parts from schemas.acme.example too" in result.out) == (0, True)
    assert configuration(place)["sources"][0]["allow_hosts"] == ["schemas.acme.example"]
    specwatch("set", "acme", "--allow-host", "cdn.example", "--allow-host", "schemas.acme.example")
    assert configuration(place)["sources"][0]["allow_hosts"] == ["schemas.acme.example", "cdn.example"]
    specwatch("set", "acme", "--no-allow-hosts", "--allow-host", "cdn.example")
    assert configuration(place)["sources"][0]["allow_hosts"] == ["cdn.example"]
    specwatch("set", "acme", "--no-allow-hosts")
    assert "allow_hosts" not in configuration(place)["sources"][0]
    assert specwatch("set", "acme", "--allow-host", "no host").code == 2


def test_add_does_not_complain_of_parts_on_a_host_that_is_allowed(specwatch, place):
    path = "https://schemas.acme.example/paths.yaml"
    text = f"openapi: 3.0.3\ninfo: {{title: Lanterns, version: '1'}}\npaths:\n  /v1/lanterns: {{$ref: '{path}'}}\n"
    (place / "local.yaml").write_text(text)
    assert "--allow-host schemas.acme.example" in specwatch("add", "one", "local.yaml").err
    assert specwatch("add", "two", "local.yaml", "--allow-host", "schemas.acme.example").err == ""


def test_hosts_are_written_into_a_list_of_sources_too(specwatch, place):
    (place / "specwatch.toml").write_text('sources = [{name = "a", url = "a.json", allow_hosts = ["x.example"]}]\n')
    specwatch("set", "a", "--allow-host", "y.example")
    specwatch("add", "b", "b.json", "--allow-host", "z.example")
    assert [source["allow_hosts"] for source in configuration(place)["sources"]] == [
        ["x.example", "y.example"],
        ["z.example"],
    ]


def test_a_check_of_a_private_address_is_blocked_and_says_what_to_set(specwatch, place):
    specwatch("add", "inner", "http://127.0.0.1:8000/openapi.json")
    result = specwatch("check")
    assert result.code == 3
    assert "a loopback address" in result.out + result.err
    assert "--allow-private" in result.out + result.err


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ('labels = { team = "payments" }', "the subscription 'pay' means no other source than it"),
        ('sources = ["acme", "other"]', "the subscription 'pay' names it"),
    ],
)
def test_remove_says_which_subscription_holds_a_source(specwatch, place, chosen, words):
    subscription = f'[[subscriptions]]\nname = "pay"\nrecipients = ["a@example.org"]\n{chosen}\n'
    acme = '[[sources]]\nname = "acme"\nurl = "before.yaml"\nlabels = { team = "payments" }\n'
    config = place / "specwatch.toml"
    config.write_text(f'{subscription}{acme}[[sources]]\nname = "other"\nurl = "before.yaml"\n')
    result = specwatch("remove", "acme", "--yes")
    assert result.code == 2
    assert f"acme cannot be removed: {words}" in result.err
    assert "specwatch.toml: " in result.err
    assert "acme" in config.read_text()
    config.write_text(config.read_text().replace(chosen, "").replace("acme = ", ""))
    assert specwatch("remove", "acme", "--yes").code == 0
