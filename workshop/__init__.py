"""The workshop: tools for the people who build Voldaan. Nothing in the product imports it."""
