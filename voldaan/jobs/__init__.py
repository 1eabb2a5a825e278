"""The doors that nobody opens: work that comes back by itself. What wakes it is replaceable; what is due is a row."""
