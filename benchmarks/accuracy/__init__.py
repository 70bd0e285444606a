"""Measures what keyguard and its peers find, and what they report where there is nothing."""
