"""The demo: a year of two invented firms, played through the same verbs that everybody uses.

`year.play` is the way in. `cast` holds the people, `habits` what payers do, `papers` the files that others would make,
`truth` what really happened.
"""
