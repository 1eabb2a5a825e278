"""How a message leaves: one file per channel. Which is used is for the verbs; none knows what a debtor is."""
