"""Instellingen: who the company is, where it is paid, where its mail comes from, who may do what, and its texts."""
