"""Third floor: the verbs. One public function is one transaction and one event."""
