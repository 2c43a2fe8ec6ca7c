"""Fragments of documents that the examples of several areas show."""

from __future__ import annotations

from typing import Final

WEBHOOK: Final = """
    paths: {}
    webhooks:
      thing.created:
        post:
          responses: {"200": {description: Received.}}
"""
CALLBACK: Final = """
    responses: {"202": {description: Accepted.}}
    callbacks:
      done:
        "{$request.body#/url}":
          post:
            responses: {"200": {description: Received.}}
"""
