"""Takes over rules that were written for other scanners, and says what of them it cannot."""
