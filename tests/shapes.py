"""Writes the files that keys are found in, so that tests can ask who belongs to whom.

``SHAPES`` maps a name to a function ``(seed, n_pairs) -> (text, [(id, secret), …])``.  A shape is always the same
for the same seed; another seed varies names, values, blank lines, comments, indentation and line ends.  The texts
may also hold what belongs to nobody: single IDs, hashes, session tokens.
"""

from __future__ import annotations

import random
from string import Template
from typing import TYPE_CHECKING, NamedTuple

import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    Pairs = list[tuple[str, str]]
    Shape = Callable[[int, int], tuple[str, Pairs]]

WORDS = ("prod", "dev", "stage", "qa", "demo", "backup", "build", "mail", "media", "batch", "audit", "legacy")
REGIONS = ("us-east-1", "eu-central-1", "ap-southeast-2")


class Draw:
    """What one text is made of: its pairs, and chances that depend on the seed alone."""

    def __init__(self, seed: int, count: int) -> None:
        self.seed = seed
        self.count = count
        self.chance = random.Random(f"shape-{seed}-{count}")
        self.words = self.chance.sample(WORDS, len(WORDS))
        self.spacing = self.chance.choice(("none", "blank", "comment", "mixed"))
        self.pairs: Pairs = []

    def fields(self, number: int, prefix: str = "AKIA") -> dict[str, str]:
        """The values of record ``number``; its pair is one of the expected."""
        chance = self.chance
        seed = self.seed * 1000 + number
        pair = keys.key_id(seed, prefix, f"{chance.randrange(10**12):012d}"), keys.secret(seed)
        self.pairs.append(pair)
        word = self.words[number % len(self.words)]
        return {
            "id": pair[0],
            "secret": pair[1],
            "token": token(seed),
            "n": str(number + 1),
            "name": word,
            "NAME": word.upper(),
            "user": chance.choice(("ana", "deploy-bot", "svc.upload", "a.rather.long.name@example.org")),
            "region": chance.choice(REGIONS),
            "year": str(chance.randrange(2015, 2026)),
            "hash": f"{chance.getrandbits(160):040x}",
            "lone": keys.key_id(seed + 500_000),
            "signed": keys.key_id(seed + 600_000),
            "lines": "".join(f"x_{n} = {n}\n" for n in range(chance.randrange(3))),
            "blob": "".join(f"{chance.random()!r} " for _ in range(70)),
        }

    def all(self, prefix: str = "AKIA") -> list[dict[str, str]]:
        return [self.fields(number, prefix) for number in range(self.count)]

    def gap(self, comment: str) -> str:
        """What stands between two records, in the manner of this text."""
        style = self.spacing
        if style == "mixed":
            style = self.chance.choice(("none", "blank", "blank", "comment"))
        remark = f"\n{comment} the next one\n" if comment else "\n"
        return {"none": "", "blank": "\n", "comment": remark}[style]


class Form(NamedTuple):
    """A text that is a head, one record after the other, and a foot; ``gap`` is how comments begin."""

    record: str
    head: str = ""
    foot: str = ""
    joint: str = ""
    gap: str | None = None
    prefix: str = "AKIA"

    def write(self, draw: Draw) -> str:
        text = self.head
        for number in range(draw.count):
            if number:
                text += self.joint + ("" if self.gap is None else draw.gap(self.gap))
            text += Template(self.record).substitute(draw.fields(number, self.prefix))
        return text + self.foot


FORMS = {
    # Configuration
    "ini_profiles": Form(
        "[$name]\naws_access_key_id = $id\naws_secret_access_key = $secret\nregion = $region\n", gap="#"
    ),
    "ini_secret_first": Form("[$name]\naws_secret_access_key = $secret\naws_access_key_id = $id\n", gap="#"),
    "ini_tokens": Form(
        "[$name]\naws_access_key_id = $id\naws_secret_access_key = $secret\naws_session_token = $token\n",
        gap="#",
        prefix="ASIA",
    ),
    "ini_tokens_between": Form(
        "[$name]\naws_access_key_id=$id\naws_session_token=$token\naws_secret_access_key=$secret\n",
        gap="",
        prefix="ASIA",
    ),
    "ini_fields_between": Form(
        "[$name]\nkey = $id\n${lines}region = $region\nuser = $user\nsecret = $secret\n", gap=";"
    ),
    "ini_fields_after": Form(
        "[$name]\nsecret = $secret\n${lines}region = $region\nuser = $user\nkey = $id\n", gap=";"
    ),
    "boto_cfg": Form("[Credentials]\naws_access_key_id = $id\naws_secret_access_key = $secret\n", gap="#"),
    "s3cfg": Form(
        "[$name]\naccess_key = $id\naccess_token =\nbucket_location = US\nsecret_key = $secret\n", gap="#"
    ),
    "rclone": Form(
        "[$name]\ntype = s3\nprovider = AWS\naccess_key_id = $id\nsecret_access_key = $secret\nacl = private\n"
    ),
    "rootkey_csv": Form("AWSAccessKeyId=$id\nAWSSecretKey=$secret\n"),
    "env_export": Form('export AWS_ACCESS_KEY_ID="$id"\nexport AWS_SECRET_ACCESS_KEY="$secret"\n', gap="#"),
    "env_numbered": Form("AWS_ACCESS_KEY_ID_$n=$id\nAWS_SECRET_ACCESS_KEY_$n=$secret\n", gap="#"),
    "env_named": Form(
        "${NAME}_AWS_ACCESS_KEY_ID=$id\n${NAME}_REGION=x\n${NAME}_AWS_SECRET_ACCESS_KEY=$secret\n", gap="#"
    ),
    "s3_key": Form("S3_BUCKET=$name\nS3_KEY=$id\nS3_PREFIX=flat\nS3_SECRET=$secret\n"),
    "tf_var": Form("TF_VAR_aws_access_key_id=$id\nTF_VAR_aws_secret_access_key=$secret\n", gap="#"),
    "properties": Form("cloud.aws.$name.access-key=$id\ncloud.aws.$name.secret-key=$secret\n", gap="#"),
    "toml": Form('[$name]\naws_key_id = "$id"\naws_secret = "$secret"\n', gap="#"),
    "yaml_users": Form(
        "  - name: $user\n    key: $id\n    region: $region\n    secret: $secret\n    year: $year\n",
        "users:\n",
    ),
    "yaml_secret_first": Form(
        "  - name: $user\n    secret: $secret\n    year: $year\n    key: $id\n", "users:\n"
    ),
    "k8s_name_value": Form(
        "        - name: AWS_ACCESS_KEY_ID\n          value: $id\n        - name: AWS_SECRET_ACCESS_KEY\n          value: $secret\n",
        "    env:\n",
        gap="",
    ),
    "k8s_documents": Form(
        "kind: Secret\nmetadata:\n  name: $name\nstringData:\n  id: $id\n  key: $secret\n", joint="---\n"
    ),
    "compose_list": Form(
        "  $name:\n    environment:\n      - AWS_ACCESS_KEY_ID=$id\n      - AWS_SECRET_ACCESS_KEY=$secret\n",
        "services:\n",
    ),
    "dockerfile_env": Form(
        "ENV AWS_ACCESS_KEY_ID $id\nENV AWS_SECRET_ACCESS_KEY $secret\n", "FROM x\n", gap="#"
    ),
    "hadoop_xml": Form(
        "<property>\n  <name>fs.s3a.access.key</name>\n  <value>$id</value>\n</property>\n"
        "<property>\n  <name>fs.s3a.secret.key</name>\n  <value>$secret</value>\n</property>\n",
        "<configuration>\n",
        "</configuration>\n",
    ),
    "jenkins_xml": Form(
        "<cred>\n  <scope>GLOBAL</scope>\n  <id>$name</id>\n  <accessKey>$id</accessKey>\n  <secretKey>$secret</secretKey>\n</cred>\n"
    ),
    "terraform_provider": Form(
        'provider "aws" {\n  alias = "$name"\n  access_key = "$id"\n  secret_key = "$secret"\n}\n', gap="#"
    ),
    # JSON
    "cli_json": Form(
        '{\n  "AccessKey": {\n    "UserName": "$user",\n    "AccessKeyId": "$id",\n    "Status": "Active",\n'
        '    "SecretAccessKey": "$secret",\n    "CreateDate": "$year-01-01T00:00:00Z"\n  }\n}\n'
    ),
    "json_list": Form(
        '  {"user": "$user", "id": "$id", "region": "$region", "secret": "$secret"}', "[\n", "\n]\n", ",\n"
    ),
    "json_minified": Form('{"AccessKeyId":"$id","SecretAccessKey":"$secret","Year":$year}', "[", "]", ","),
    "json_minified_fields": Form(
        '{"u":"$user","AccessKeyId":"$id","r":"$region","u":"$user","SecretAccessKey":"$secret"}',
        "[",
        "]",
        ",",
    ),
    "json_minified_secret_first": Form(
        '{"secretKey":"$secret","region":"$region","accessKey":"$id"}', "[", "]", ","
    ),
    "json_far_fields": Form(
        '{\n "id": "$id",\n "a": 1,\n "b": [\n  "$user",\n  "$region"\n ],\n "secret": "$secret"\n}',
        "[",
        "]\n",
        ", ",
    ),
    "sts_json": Form(
        '{"Credentials":{"AccessKeyId":"$id","SecretAccessKey":"$secret","SessionToken":"$token","Expiration":"$year-01-01"}}',
        joint="\n",
        prefix="ASIA",
    ),
    "imds_json": Form(
        '{\n  "Code" : "Success",\n  "Type" : "AWS-HMAC",\n  "AccessKeyId" : "$id",\n  "SecretAccessKey" : "$secret",\n'
        '  "Token" : "$token",\n  "Expiration" : "$year-01-01"\n}\n',
        prefix="ASIA",
    ),
    "terraform_state": Form(
        '{\n  "type": "aws_iam_access_key",\n  "attributes": {\n    "create_date": null,\n    "id": "$id",\n'
        '    "key_fingerprint": null,\n    "pgp_key": null,\n    "secret": "$secret",\n    "status": "Active",\n'
        '    "user": "$user"\n  }\n}',
        "[\n",
        "\n]\n",
        ",\n",
    ),
    "notebook": Form(
        '    "key_id = \\"$id\\"\\n",\n    "secret_$n = \\"$secret\\"\\n"', '{"source": [\n', "\n]}\n", ",\n"
    ),
    "log_json": Form(
        '$year-01-01 DEBUG body={\\"accessKeyId\\":\\"$id\\",\\"secretAccessKey\\":\\"$secret\\"} done\n'
    ),
    # Tables
    "access_keys_csv": Form("$id,$secret\n", "Access key ID,Secret access key\n"),
    "credentials_csv": Form(
        "$user,pw$n,$id,$secret,https://x.signin.aws.amazon.com/console\n", "User name,Password,…\n"
    ),
    "credentials_csv_quoted": Form(
        '"$user","$id","$secret"\n', '"User Name","Access Key Id","Secret Access Key"\n'
    ),
    "csv_far_columns": Form(
        "$id,$user,$region,$year,$user,a remark that is long enough to be longer than the gap,$secret\n"
    ),
    "csv_secret_first": Form("$secret,$user,$region,$year,$id\n"),
    "tsv": Form("$user\t$id\t$secret\n"),
    "markdown_table": Form("| $user | `$id` | `$secret` |\n", "| who | id | secret |\n|---|---|---|\n"),
    "html_table": Form(
        "<tr>\n <td>$user</td>\n <td>$id</td>\n <td>$secret</td>\n</tr>\n", "<table>\n", "</table>\n"
    ),
    "html_row": Form("<tr><td>$user</td><td>$id</td><td>$secret</td></tr>", "<table>", "</table>\n"),
    "passwd_s3fs": Form("$name:$id:$secret\n"),
    # Code
    "boto3_client": Form(
        "$name = boto3.client('s3', aws_access_key_id='$id', aws_secret_access_key='$secret')\n", gap="#"
    ),
    "boto3_lines": Form(
        "$name = boto3.client(\n    's3',\n    aws_access_key_id='$id',\n    region_name='$region',\n    aws_secret_access_key='$secret',\n)\n",
        gap="#",
    ),
    "python_positional": Form("$name = S3Connection('$id', '$secret')\n", gap="#"),
    "python_positional_lines": Form(
        "$name = connect(\n    '$id',\n    '$secret',\n    '$region',\n)\n", gap="#"
    ),
    "java_credentials": Form('    new BasicAWSCredentials("$id", "$secret");\n', gap="    //"),
    "java_fields": Form(
        '    String accessKey$n = "$id";\n    String secretKey$n = "$secret";\n', gap="    //"
    ),
    "go_static": Form('\tcredentials.NewStaticCredentials("$id", "$secret", ""),\n', gap="\t//"),
    "php_array": Form(
        "$$s3 = ['credentials' => [\n    'key'    => '$id',\n    'secret' => '$secret',\n]];\n", gap="//"
    ),
    "js_object": Form(
        "  $name: { accessKeyId: '$id', secretAccessKey: '$secret' },\n", "const c = {\n", "};\n"
    ),
    "ruby_hash": Form(
        "$name = {\n  :access_key_id => '$id',\n  :secret_access_key => '$secret'\n}\n", gap="#"
    ),
    "powershell": Form("Set-AWSCredential -AccessKey $id -SecretKey $secret -StoreAs $name\n", gap="#"),
    "sql_copy": Form(
        "COPY t$n FROM 's3://b' CREDENTIALS 'aws_access_key_id=$id;aws_secret_access_key=$secret';\n",
        gap="--",
    ),
    "shell_configure_set": Form(
        "aws configure set aws_access_key_id $id --profile $name\naws configure set aws_secret_access_key $secret --profile $name\n"
    ),
    "transcript": Form(
        "$$ aws configure\nAWS Access Key ID [None]: $id\nAWS Secret Access Key [None]: $secret\n"
        "Default region name [None]: $region\nDefault output format [None]:\n"
    ),
    "url": Form("s3n://$id:$secret@bucket-$n/path\n"),
    "form_body": Form("POST /?AWSAccessKeyId=$id&Region=$region&SecretKey=$secret HTTP/1.1\n"),
    "prose": Form("The key for $user is $id and the secret that goes with it is $secret, created in $year. "),
    "prose_lines": Form("Key for $user:\n\n$id\n\nand its secret:\n\n$secret\n\n"),
    "eight_lines_apart": Form("id = '$id'\n" + "a = 0\n" * 7 + "secret = '$secret'\n", gap="#"),
    "1500_bytes_apart": Form("id = '$id'\nx = '$blob'\nsecret = '$secret'\n", gap="#"),
    # With what belongs to nobody
    "hash_between": Form("key: $id\ncommit: $hash\nsecret: $secret\n", gap="#"),
    "hash_after_id": Form("$id $hash $secret\n"),
    "old_id_in_comment": Form("# was $lone\nkey = '$id'\nsecret = '$secret'\n\n"),
    "id_in_comment": Form("# $id: for $user\n\nkey = '$id'\nsecret = '$secret'\n# ($id)\n\n"),
    "id_twice_a_row": Form("$id,$user,$id,$secret\n"),
    "presigned_between": Form(
        "key: $id\nurl: https://x/?X-Amz-Credential=$signed%2F2024\nsecret: $secret\n", gap="#"
    ),
}


def blocks_yaml(draw: Draw) -> str:
    """All IDs, then all secrets."""
    rows = draw.all()
    return "ids:\n" + _list(rows, "  - $id\n") + "secrets:\n" + _list(rows, "  - $secret\n")


def blocks_secrets_first(draw: Draw) -> str:
    rows = draw.all()
    return "secrets:\n" + _list(rows, "  - $secret\n") + "\n\nids:\n" + _list(rows, "  - $id\n")


def blocks_of_objects(draw: Draw) -> str:
    rows = draw.all()
    first = _list(rows, "  - name: $user\n    value: $id\n")
    return "ids:\n" + first + "secrets:\n" + _list(rows, "  - name: $user\n    value: $secret\n")


def blocks_arrays(draw: Draw) -> str:
    rows = draw.all()
    return "ids = [" + _list(rows, "'$id', ") + "]\nsecrets = [" + _list(rows, "'$secret', ") + "]\n"


def blocks_table_rows(draw: Draw) -> str:
    rows = draw.all()
    names = "| |" + _list(rows, " $user |")
    return names + "\n| id |" + _list(rows, " $id |") + "\n| secret |" + _list(rows, " $secret |") + "\n"


def blocks_by_sections(draw: Draw) -> str:
    """Sections of one to three IDs and then their secrets."""
    rows, text = draw.all(), ""
    while rows:
        size = min(draw.chance.randrange(1, 4), len(rows))
        part, rows = rows[:size], rows[size:]
        text += "ids\n" + _list(part, "  $id\n") + "secrets\n" + _list(part, "  $secret\n") + "\n"
    return text


def named_shuffled(draw: Draw) -> str:
    """Names alone tell who belongs to whom."""
    rows = draw.all()
    lines = [f"{row['NAME']}_AWS_ACCESS_KEY_ID={row['id']}" for row in rows]
    lines += [f"{row['NAME']}_AWS_SECRET_ACCESS_KEY={row['secret']}" for row in rows]
    return "\n".join(draw.chance.sample(lines, len(lines))) + "\n"


def named_sorted(draw: Draw) -> str:
    """What ``env | sort`` prints: the names of a part before those of the other."""
    rows = draw.all()
    lines = [f"AWS_ACCESS_KEY_ID_{row['NAME']}={row['id']}" for row in rows]
    lines += [f"AWS_SECRET_ACCESS_KEY_{row['NAME']}={row['secret']}" for row in rows]
    return "\n".join(sorted(lines)) + "\n"


def mixed_orders(draw: Draw) -> str:
    """Each record in an order of its own."""
    text = ""
    for row in draw.all():
        lines = [f"key = {row['id']}", f"secret = {row['secret']}"]
        text += "\n".join(draw.chance.sample(lines, 2)) + "\n\n\n"
    return text


def inventory_first(draw: Draw) -> str:
    """The IDs are listed once more at the top."""
    rows = draw.all()
    pairs = "key = '$id'\nsecret = '$secret'\n\n"
    return "known keys:\n" + _list(rows, " * $id ($user)\n") + "\n" + _list(rows, pairs)


def lone_ids_around(draw: Draw) -> str:
    """IDs of others before and after."""
    rows = draw.all()
    others = "\n".join(keys.key_id(draw.seed * 1000 + 700_000 + n) for n in range(3))
    return f"{others}\n\n\n" + _list(rows, "$id,$secret\n") + f"\n\n\n{others[:62]}\n"


def mixed_forms(draw: Draw) -> str:
    """Records of different forms in one text."""
    names = [name for name, form in FORMS.items() if form.prefix == "AKIA"]
    text = ""
    for number in range(draw.count):
        form = FORMS[draw.chance.choice(names)]
        record = Template(form.record).substitute(draw.fields(number, form.prefix))
        text += form.head + record + form.foot + "\n\n"
    return text


def _list(rows: list[dict[str, str]], template: str) -> str:
    return "".join(Template(template).substitute(row) for row in rows)


def token(seed: int) -> str:
    """The session token of the pair that is made from ``seed``."""
    return keys.session_token(seed, length=300 + seed % 7 * 100)


def _shape(write: Callable[[Draw], str]) -> Shape:
    def shape(seed: int, n_pairs: int) -> tuple[str, Pairs]:
        draw = Draw(seed, n_pairs)
        text = write(draw)
        return text.replace("\n", "\r\n") if draw.chance.random() < 0.2 else text, draw.pairs

    return shape


SPECIAL = (
    blocks_yaml,
    blocks_secrets_first,
    blocks_of_objects,
    blocks_arrays,
    blocks_table_rows,
    blocks_by_sections,
    named_shuffled,
    named_sorted,
    mixed_orders,
    inventory_first,
    lone_ids_around,
    mixed_forms,
)

SHAPES: dict[str, Shape] = {name: _shape(form.write) for name, form in FORMS.items()}
SHAPES |= {write.__name__: _shape(write) for write in SPECIAL}
