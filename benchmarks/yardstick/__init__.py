"""The yardstick of matching: an invented year of invoices and payments, played through the real verbs and counted."""
