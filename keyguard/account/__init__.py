"""Audits an AWS account's access keys, from its credential report or by asking AWS.

``users`` holds the values, ``credentialreport`` reads the CSV, ``practices`` says what is held against them
and ``audit`` holds them to it; ``calls`` and ``live`` ask AWS, ``matching`` looks up keys that were found.
Only ``calls`` and ``live`` touch the world; only ``calls`` imports botocore, and only when AWS is asked.
"""
