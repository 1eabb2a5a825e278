"""Ground floor: what is true by law, by arithmetic and by agreement. Pure: no Django, no clock, no network."""
