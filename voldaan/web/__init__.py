"""The pages: each asks once and shows. They only read."""
