"""The roof: settings, clock and entry points, the only place that knows everything and hands it down."""
