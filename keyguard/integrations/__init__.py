"""keyguard inside other scanners, so that those who use one already need not change it."""
