"""In-transit supervision."""
