"""Demonstrations of scenarios, one module each: `clearlane demo NAME`."""
