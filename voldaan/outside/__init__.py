"""Second floor, beside the records: the only place that talks to the network. Plain words in, plain answers out."""
