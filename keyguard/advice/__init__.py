"""Says what to do about a finding, after AWS's own practices for access keys.

:mod:`keyguard.advice.plan` puts together what the tables in the other modules say.
"""
