"""Voldaan: accounts receivable and credit management for Dutch and Belgian businesses."""

__version__ = "0.1.0"
