"""Measures keyguard's speed as its users see it: whole processes, beside the other scanners."""
