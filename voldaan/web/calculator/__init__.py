"""Rekenen: what the law gives, reckoned for anybody, without an account and without keeping anything."""
