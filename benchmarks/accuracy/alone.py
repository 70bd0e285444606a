"""One half of a key without the other, and several keys in one file."""

from __future__ import annotations

from typing import Final

from benchmarks.accuracy.cases import Form

PROSE: Final = "\n".join(
    f"The {word} is described on the next page." for word in ("first", "second", "third")
)

IDS: Final = {
    "id in a text": ("md", "Please rotate «id» before Friday.\n"),
    "id of a role's session": ("txt", "key: «temporary»\n"),
    "presigned url": ("txt", "https://b.s3.amazonaws.com/k?AWSAccessKeyId=«id»&Expires=1700000000&Signature=abc%3D\n"),
    "authorization header": ("http", "Authorization: AWS4-HMAC-SHA256 Credential=«id»/20240102/us-east-1/s3/aws4_request, SignedHeaders=host\n"),
}  # fmt: skip
IDS_HELD_OUT: Final = {
    "id in a policy": ("json", '{"Condition": {"StringEquals": {"aws:username": "ana", "key": "«id»"}}}\n'),
    "id after a letter of another script": ("txt", "ключ«id»\n"),
    "presigned url of today": ("txt", "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=«id»%2F20240102%2Fus-east-1%2Fs3%2Faws4_request\n"),
}  # fmt: skip
NAMED: Final = {
    "secret with its name": ("ini", "aws_secret_access_key = «secret»\n"),
    "secretKey": ("js", "const options = { secretKey: '«secret»' };\n"),
    "S3_SECRET": ("env", "S3_SECRET=«secret»\n"),
    "aws_sec_key": ("sh", 'aws_sec_key="«secret»"\n'),
    "fs.s3a.secret.key": ("conf", "spark.hadoop.fs.s3a.secret.key «secret»\n"),
    "secret in a setter": ("java", 'config.setAwsSecretKey("«secret»");\n'),
}
NAMED_HELD_OUT: Final = {
    "AWSSecretKey": ("xml", '<add key="AWSSecretKey" value="«secret»"/>\n'),
    "TF_VAR": ("sh", "export TF_VAR_aws_secret=«secret»\n"),
    "secret access key in words": ("txt", "Secret access key: «secret»\n"),
    "secret on the next line": ("yaml", "- name: AWS_SECRET_ACCESS_KEY\n  value: «secret»\n"),
    "secret in a table of names": ("sql", "INSERT INTO settings VALUES ('s3_secret', '«secret»');\n"),
}
BARE: Final = {
    "secret on its own": ("txt", "«secret»\n"),
    "secret in quotes": ("py", "x = '«secret»'\n"),
    "secret in a list": ("json", '["a", "«secret»", "b"]\n'),
}
BARE_HELD_OUT: Final = {
    "secret in prose": ("txt", f"{PROSE}\nUse «secret» for it.\n{PROSE}\n"),
    "secret as an argument": ("sh", "./upload.sh eu-west-1 «secret» files\n"),
    "secret as a password": ("yaml", "password: «secret»\n"),
}


def forms() -> list[Form]:
    """All of them."""
    tables = (
        ("an ID alone", IDS, False),
        ("an ID alone", IDS_HELD_OUT, True),
        ("a secret with a name", NAMED, False),
        ("a secret with a name", NAMED_HELD_OUT, True),
        ("a secret without a word", BARE, False),
        ("a secret without a word", BARE_HELD_OUT, True),
        ("several keys", _several(), False),
        ("several keys", _several_held_out(), True),
    )
    return [
        Form(name, group, template, suffix=suffix, held_out=held_out)
        for group, table, held_out in tables
        for name, (suffix, template) in table.items()
    ]


def _repeated(record: str, *numbers: int) -> str:
    return "".join(record.replace("#", str(number)) for number in numbers)


def _several() -> dict[str, tuple[str, str]]:
    ini = "[p#]\naws_access_key_id = «id#»\naws_secret_access_key = «secret#»\n\n"
    stranger = "[other]\ntoken = '«secret9»'\n"
    code = "client('s3', '«id#»', '«secret#»')\n"
    return {
        "two profiles": ("ini", _repeated(ini, 1, 2)),
        "five profiles": ("ini", _repeated(ini, 1, 2, 3, 4, 5)),
        "two calls": ("py", _repeated(code, 1, 2)),
        "five rows of a csv": ("csv", "user,id,secret\n" + _repeated("u#,«id#»,«secret#»\n", 1, 2, 3, 4, 5)),
        "a pair and a stranger's secret": ("ini", _repeated(ini, 1) + "\n" * 60 + stranger),
        "a stranger's secret before two pairs": ("ini", stranger + "\n" * 60 + _repeated(ini, 1, 2)),
        "two with the secret first": ("yaml", _repeated("- secret: «secret#»\n  id: «id#»\n", 1, 2)),
    }


def _several_held_out() -> dict[str, tuple[str, str]]:
    objects = '  {"user": "u#", "SecretAccessKey": "«secret#»", "AccessKeyId": "«id#»"},\n'
    names = "".join(f"{name}_ID=«id{n}»\n" for n, name in ((1, "DEV"), (2, "TEST"), (3, "PROD")))
    secrets = "".join(f"{name}_SECRET=«secret{n}»\n" for n, name in ((1, "DEV"), (2, "TEST"), (3, "PROD")))
    return {
        "five objects": ("json", "[\n" + _repeated(objects, 1, 2, 3, 4, 5) + "]\n"),
        "ids first and then secrets": ("env", names + secrets),
        "five elements": ("xml", _repeated("<k><id>«id#»</id>\n<s>«secret#»</s></k>\n", 1, 2, 3, 4, 5)),
        "an id without a secret between pairs": ("ini", _repeated("a = «id#»\nb = «secret#»\n", 1) + "\n" * 60 + "a = «id7»\n" + "\n" * 60 + _repeated("a = «id#»\nb = «secret#»\n", 2)),
    }  # fmt: skip
