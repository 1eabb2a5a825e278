"""The command line: one file per room. A door: it translates words into one call, and the answer into a table."""
