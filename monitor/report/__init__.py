"""Reports: what people and programs read. One view model, then text, Markdown, JSON and mail.

Names load when they are first asked for (PEP 562), so that `diff` of two files pays for no template engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from monitor.report.alert import render_alert as render_alert
    from monitor.report.alert import render_reminder as render_reminder
    from monitor.report.audit import audit_json as audit_json
    from monitor.report.audit import audit_text as audit_text
    from monitor.report.audit_markup import audit_html as audit_html
    from monitor.report.audit_page import audit_markdown as audit_markdown
    from monitor.report.audit_view import Audit as Audit
    from monitor.report.deprecations import deprecations_json as deprecations_json
    from monitor.report.deprecations import deprecations_markdown as deprecations_markdown
    from monitor.report.deprecations import deprecations_text as deprecations_text
    from monitor.report.deprecations_calendar import deprecations_ics as deprecations_ics
    from monitor.report.deprecations_markup import deprecations_html as deprecations_html
    from monitor.report.diff import diff_json as diff_json
    from monitor.report.diff import diff_json_pieces as diff_json_pieces
    from monitor.report.diff import diff_markdown as diff_markdown
    from monitor.report.diff import diff_text as diff_text
    from monitor.report.diff_cases import diff_junit as diff_junit
    from monitor.report.diff_lines import diff_github as diff_github
    from monitor.report.diff_lines import diff_line as diff_line
    from monitor.report.diff_page import diff_html as diff_html
    from monitor.report.diff_scan import diff_sarif as diff_sarif
    from monitor.report.diffdoc import ChangeEntry as ChangeEntry
    from monitor.report.diffdoc import DiffDocument as DiffDocument
    from monitor.report.diffdoc import Location as Location
    from monitor.report.diffdoc import Muted as Muted
    from monitor.report.diffdoc import OperationEffect as OperationEffect
    from monitor.report.diffdoc import Side as Side
    from monitor.report.diffdoc import Summary as Summary
    from monitor.report.diffdoc import Witness as Witness
    from monitor.report.diffdoc import decode as decode
    from monitor.report.diffdoc import diff_document as diff_document
    from monitor.report.diffdoc import encode as encode
    from monitor.report.digest import Digest as Digest
    from monitor.report.digest import render_digest as render_digest
    from monitor.report.digest_content import file_stem as file_stem
    from monitor.report.digest_content import is_quiet as is_quiet
    from monitor.report.excerpts import DiffView as DiffView
    from monitor.report.explanation import Explanation as Explanation
    from monitor.report.explanation import Sighting as Sighting
    from monitor.report.explanation import explanation_json as explanation_json
    from monitor.report.explanation import explanation_markdown as explanation_markdown
    from monitor.report.explanation import explanation_text as explanation_text
    from monitor.report.feed import feed_atom as feed_atom
    from monitor.report.full import full_text as full_text
    from monitor.report.history import history_json as history_json
    from monitor.report.history import history_markdown as history_markdown
    from monitor.report.history import history_text as history_text
    from monitor.report.history_blocks import history_plot as history_plot
    from monitor.report.history_markup import history_html as history_html
    from monitor.report.log import LogItem as LogItem
    from monitor.report.log import log_json as log_json
    from monitor.report.log import log_markdown as log_markdown
    from monitor.report.log import log_text as log_text
    from monitor.report.marks import marked as marked
    from monitor.report.migration import migration_json as migration_json
    from monitor.report.migration import migration_markdown as migration_markdown
    from monitor.report.migration import migration_text as migration_text
    from monitor.report.notice import Notice as Notice
    from monitor.report.notice import NoticeSection as NoticeSection
    from monitor.report.notice import digest_notice as digest_notice
    from monitor.report.outbox import OutboxItem as OutboxItem
    from monitor.report.outbox import message_json as message_json
    from monitor.report.outbox import message_markdown as message_markdown
    from monitor.report.outbox import message_text as message_text
    from monitor.report.outbox import outbox_json as outbox_json
    from monitor.report.outbox import outbox_markdown as outbox_markdown
    from monitor.report.outbox import outbox_text as outbox_text
    from monitor.report.report import report_json as report_json
    from monitor.report.report import report_markdown as report_markdown
    from monitor.report.report import report_text as report_text
    from monitor.report.report_markup import report_html as report_html
    from monitor.report.rules import rule_json as rule_json
    from monitor.report.rules import rule_markdown as rule_markdown
    from monitor.report.rules import rule_text as rule_text
    from monitor.report.rules import rules_json as rules_json
    from monitor.report.rules import rules_markdown as rules_markdown
    from monitor.report.rules import rules_text as rules_text
    from monitor.report.sample import alterations_text as alterations_text
    from monitor.report.sample import sample_json as sample_json
    from monitor.report.sample import sample_text as sample_text
    from monitor.report.schedule import schedule_json as schedule_json
    from monitor.report.schedule import schedule_markdown as schedule_markdown
    from monitor.report.schedule import schedule_text as schedule_text
    from monitor.report.sources import sources_json as sources_json
    from monitor.report.sources import sources_markdown as sources_markdown
    from monitor.report.sources import sources_text as sources_text
    from monitor.report.view import ComparisonView as ComparisonView
    from monitor.report.view import Crossing as Crossing
    from monitor.report.view import Health as Health
    from monitor.report.view import History as History
    from monitor.report.view import HistoryItem as HistoryItem
    from monitor.report.view import Outage as Outage
    from monitor.report.view import Report as Report
    from monitor.report.view import SourceStatus as SourceStatus
    from monitor.report.view import SourceView as SourceView
    from monitor.report.view import Upcoming as Upcoming

_MODULES: Final[dict[str, tuple[str, ...]]] = {
    "alert": ("render_alert", "render_reminder"),
    "audit": ("audit_json", "audit_text"),
    "audit_markup": ("audit_html",),
    "audit_page": ("audit_markdown",),
    "audit_view": ("Audit",),
    "deprecations": ("deprecations_json", "deprecations_markdown", "deprecations_text"),
    "deprecations_calendar": ("deprecations_ics",),
    "deprecations_markup": ("deprecations_html",),
    "diff": ("diff_json", "diff_json_pieces", "diff_markdown", "diff_text"),
    "diff_page": ("diff_html",),
    "diff_cases": ("diff_junit",),
    "diff_lines": ("diff_github", "diff_line"),
    "diff_scan": ("diff_sarif",),
    "excerpts": ("DiffView",),
    "explanation": ("Explanation", "Sighting", "explanation_json", "explanation_markdown", "explanation_text"),
    "diffdoc": (
        "ChangeEntry",
        "DiffDocument",
        "Location",
        "Muted",
        "OperationEffect",
        "Side",
        "Summary",
        "Witness",
        "decode",
        "diff_document",
        "encode",
    ),
    "digest": ("Digest", "render_digest"),
    "digest_content": ("file_stem", "is_quiet"),
    "full": ("full_text",),
    "feed": ("feed_atom",),
    "history": ("history_json", "history_markdown", "history_text"),
    "history_markup": ("history_html",),
    "history_blocks": ("history_plot",),
    "log": ("LogItem", "log_json", "log_markdown", "log_text"),
    "marks": ("marked",),
    "migration": ("migration_json", "migration_markdown", "migration_text"),
    "notice": ("Notice", "NoticeSection", "digest_notice"),
    "outbox": (
        "OutboxItem",
        "message_json",
        "message_markdown",
        "message_text",
        "outbox_json",
        "outbox_markdown",
        "outbox_text",
    ),
    "report": ("report_json", "report_markdown", "report_text"),
    "report_markup": ("report_html",),
    "rules": ("rule_json", "rule_markdown", "rule_text", "rules_json", "rules_markdown", "rules_text"),
    "sample": ("alterations_text", "sample_json", "sample_text"),
    "schedule": ("schedule_json", "schedule_markdown", "schedule_text"),
    "sources": ("sources_json", "sources_markdown", "sources_text"),
    "view": (
        "ComparisonView",
        "Crossing",
        "Health",
        "History",
        "HistoryItem",
        "Outage",
        "Report",
        "SourceStatus",
        "SourceView",
        "Upcoming",
    ),
}

_HOME: Final = {name: module for module, names in _MODULES.items() for name in names}

__all__ = sorted(_HOME)  # noqa: PLE0605  # the table is the list


def __getattr__(name: str) -> Any:
    module = _HOME.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
