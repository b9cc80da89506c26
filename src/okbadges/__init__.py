"""okbadges issues and verifies Open Badges 3.0 for learning that happens outside school."""

__version__ = "0.1.0"
