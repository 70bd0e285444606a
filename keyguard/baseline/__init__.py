"""Baselines: what a team has accepted of what was there before keyguard, without a word of it in clear."""
