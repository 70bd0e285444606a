"""Writes the files that keys are found in, so that tests can ask who belongs to whom.

``SHAPES`` maps a name to a function ``(seed, n_pairs) -> (text, [(id, secret), …])``.  A shape is always the
same for the same seed; another seed varies names, blank lines, comments and line ends.  The texts may also
hold what belongs to nobody: single IDs, hashes, IDs in signatures.  :func:`token` gives the session tokens.
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

WORDS = ["prod", "dev", "stage", "qa", "demo", "backup", "build", "mail", "media", "batch", "audit", "legacy"]
USERS = ["ana", "deploy-bot", "svc.upload", "a.rather.long.name@example.org"]
REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-2"]


class Draw:
    """What one text is made of: its pairs, and chances that depend on the seed alone."""

    def __init__(self, seed: int, count: int) -> None:
        self.seed = seed
        self.count = count
        self.chance = random.Random(f"shape-{seed}-{count}")
        self.words = self.chance.sample(WORDS, len(WORDS))
        self.spacing = self.chance.choice(["none", "blank", "comment", "mixed"])
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
            "user": chance.choice(USERS),
            "region": chance.choice(REGIONS),
            "year": str(chance.randrange(2015, 2026)),
            "hash": f"{chance.getrandbits(160):040x}",
            "lone": keys.key_id(seed + 500_000),
            "lines": "".join(f"x_{n} = {n}\n" for n in range(chance.randrange(3))),
            "blob": "".join(f"{chance.random()!r} " for _ in range(70)),
        }

    def all(self) -> list[dict[str, str]]:
        return [self.fields(number) for number in range(self.count)]

    def gap(self, comment: str) -> str:
        """What stands between two records, in the manner of this text."""
        style = self.spacing
        if style == "mixed":
            style = self.chance.choice(["none", "blank", "blank", "comment"])
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


ID, SECRET = "aws_access_key_id", "aws_secret_access_key"
ENV_ID, ENV_SECRET = ID.upper(), SECRET.upper()
FORMS = {
    # Configuration
    "ini_profiles": Form(f"[$name]\n{ID} = $id\n{SECRET} = $secret\nregion = $region\n", gap="#"),
    "ini_secret_first": Form(f"[$name]\n{SECRET} = $secret\n{ID} = $id\n", gap="#"),
    "ini_tokens": Form(
        f"[$n]\n{ID}=$id\n{SECRET}=$secret\naws_session_token=$token\n", gap="#", prefix="ASIA"
    ),
    "ini_tokens_between": Form(
        f"{ID}=$id\naws_session_token=$token\n{SECRET}=$secret\n", gap="", prefix="ASIA"
    ),
    "ini_fields_between": Form(
        "[$name]\nkey = $id\n${lines}a = $region\nb = $user\nsecret = $secret\n", gap=";"
    ),
    "ini_fields_after": Form(
        "[$name]\nsecret = $secret\n${lines}a = $region\nb = $user\nkey = $id\n", gap=";"
    ),
    "boto_cfg": Form(f"[Credentials]\n{ID} = $id\n{SECRET} = $secret\n", gap="#"),
    "s3cfg": Form(
        "[$name]\naccess_key = $id\naccess_token =\nlocation = US\nsecret_key = $secret\n", gap="#"
    ),
    "rclone": Form("[$name]\ntype = s3\naccess_key_id = $id\nsecret_access_key = $secret\nacl = private\n"),
    "rootkey_csv": Form("AWSAccessKeyId=$id\nAWSSecretKey=$secret\n"),
    "env_export": Form(f'export {ENV_ID}="$id"\nexport {ENV_SECRET}="$secret"\n', gap="#"),
    "env_numbered": Form(f"{ENV_ID}_$n=$id\n{ENV_SECRET}_$n=$secret\n", gap="#"),
    "env_named": Form(f"${{NAME}}_{ENV_ID}=$id\n${{NAME}}_R=x\n${{NAME}}_{ENV_SECRET}=$secret\n", gap="#"),
    "s3_key": Form("S3_BUCKET=$name\nS3_KEY=$id\nS3_PREFIX=flat\nS3_SECRET=$secret\n"),
    "tf_var": Form(f"TF_VAR_{ID}=$id\nTF_VAR_{SECRET}=$secret\n", gap="#"),
    "properties": Form("cloud.aws.$name.access-key=$id\ncloud.aws.$name.secret-key=$secret\n", gap="#"),
    "toml": Form('[$name]\naws_key_id = "$id"\naws_secret = "$secret"\n', gap="#"),
    "yaml_users": Form(
        "  - name: $user\n    key: $id\n    region: $region\n    secret: $secret\n", "users:\n"
    ),
    "yaml_secret_first": Form("- name: $user\n  secret: $secret\n  year: $year\n  key: $id\n", "users:\n"),
    "k8s_name_value": Form(
        f"  - name: {ENV_ID}\n    value: $id\n  - name: {ENV_SECRET}\n    value: $secret\n", "env:\n", gap=""
    ),
    "k8s_documents": Form(
        "kind: Secret\nname: $name\nstringData:\n  id: $id\n  key: $secret\n", joint="---\n"
    ),
    "compose_list": Form(f"  $name:\n    environment:\n      - {ENV_ID}=$id\n      - {ENV_SECRET}=$secret\n"),
    "dockerfile_env": Form(f"ENV {ENV_ID} $id\nENV {ENV_SECRET} $secret\n", "FROM x\n", gap="#"),
    "hadoop_xml": Form(
        "<property>\n  <name>fs.s3a.access.key</name>\n  <value>$id</value>\n</property>\n"
        "<property>\n  <name>fs.s3a.secret.key</name>\n  <value>$secret</value>\n</property>\n"
    ),
    "jenkins_xml": Form(
        "<cred>\n <id>$name</id>\n <access>$id</access>\n <secret>$secret</secret>\n</cred>\n"
    ),
    "terraform_provider": Form(
        'provider "aws" {\n  access_key = "$id"\n  secret_key = "$secret"\n}\n', gap="#"
    ),
    # JSON
    "cli_json": Form(
        '{\n  "AccessKey": {\n    "UserName": "$user",\n    "AccessKeyId": "$id",\n    "Status": "Active",\n'
        '    "SecretAccessKey": "$secret",\n    "CreateDate": "$year-01-01T00:00:00Z"\n  }\n}\n'
    ),
    "json_list": Form('  {"user": "$user", "id": "$id", "r": "$region", "secret": "$secret"}', joint=",\n"),
    "json_minified": Form('{"AccessKeyId":"$id","SecretAccessKey":"$secret","Year":$year}', "[", "]", ","),
    "json_minified_fields": Form(
        '{"u":"$user","id":"$id","r":"$region","u":"$user","secret":"$secret"}', joint=","
    ),
    "json_minified_secret_first": Form(
        '{"secretKey":"$secret","region":"$region","accessKey":"$id"}', joint=","
    ),
    "json_far_fields": Form(
        '{\n "id": "$id",\n "a": 1,\n "b": [\n  "$user"\n ],\n "secret": "$secret"\n}', joint=", "
    ),
    "sts_json": Form(
        '{"Credentials":{"AccessKeyId":"$id","SecretAccessKey":"$secret","SessionToken":"$token","Exp":$year}}\n',
        prefix="ASIA",
    ),
    "imds_json": Form(
        '{\n  "Code" : "Success",\n  "AccessKeyId" : "$id",\n  "SecretAccessKey" : "$secret",\n'
        '  "Token" : "$token",\n  "Expiration" : "$year-01-01"\n}\n',
        prefix="ASIA",
    ),
    "terraform_state": Form(
        '{\n  "type": "aws_iam_access_key",\n  "attributes": {\n    "create_date": null,\n    "id": "$id",\n'
        '    "print": null,\n    "pgp_key": null,\n    "secret": "$secret",\n    "user": "$user"\n  }\n}',
        joint=",\n",
    ),
    "notebook": Form('    "key_id = \\"$id\\"\\n",\n    "secret_$n = \\"$secret\\"\\n"', joint=",\n"),
    "log_json": Form(
        '$year DEBUG body={\\"accessKeyId\\":\\"$id\\",\\"secretAccessKey\\":\\"$secret\\"} done\n'
    ),
    # Tables
    "access_keys_csv": Form("$id,$secret\n", "Access key ID,Secret access key\n"),
    "credentials_csv": Form(
        "$user,pw$n,$id,$secret,https://x.signin.aws.amazon.com/console\n", "User name,…\n"
    ),
    "credentials_csv_quoted": Form(
        '"$user","$id","$secret"\n', '"User Name","Access Key Id","Secret Access Key"\n'
    ),
    "csv_far_columns": Form(
        "$id,$user,$region,a remark that is longer than the way to the next row,$secret\n"
    ),
    "csv_secret_first": Form("$secret,$user,$region,$year,$id\n"),
    "tsv": Form("$user\t$id\t$secret\n"),
    "markdown_table": Form("| $user | `$id` | `$secret` |\n", "| who | id | secret |\n|---|---|---|\n"),
    "html_table": Form("<tr>\n <td>$user</td>\n <td>$id</td>\n <td>$secret</td>\n</tr>\n"),
    "html_row": Form("<tr><td>$user</td><td>$id</td><td>$secret</td></tr>", "<table>", "</table>\n"),
    "passwd_s3fs": Form("$name:$id:$secret\n"),
    # Code
    "boto3_client": Form(f"$name = boto3.client('s3', {ID}='$id', {SECRET}='$secret')\n", gap="#"),
    "boto3_lines": Form(
        f"x = boto3.client(\n    {ID}='$id',\n    r='$region',\n    {SECRET}='$secret',\n)\n", gap="#"
    ),
    "python_positional": Form("$name = S3Connection('$id', '$secret')\n", gap="#"),
    "python_positional_lines": Form(
        "$name = connect(\n    '$id',\n    '$secret',\n    '$region',\n)\n", gap="#"
    ),
    "java_credentials": Form('    new BasicAWSCredentials("$id", "$secret");\n', gap="    //"),
    "java_fields": Form('  String accessKey$n = "$id";\n  String secretKey$n = "$secret";\n', gap="  //"),
    "go_static": Form('\tcredentials.NewStaticCredentials("$id", "$secret", ""),\n', gap="\t//"),
    "php_array": Form(
        "$$s3 = ['credentials' => [\n 'key'    => '$id',\n 'secret' => '$secret',\n]];\n", gap="//"
    ),
    "js_object": Form(
        "  $name: { accessKeyId: '$id', secretAccessKey: '$secret' },\n", "const c = {\n", "};\n"
    ),
    "ruby_hash": Form("x = {\n  :access_key_id => '$id',\n  :secret_access_key => '$secret'\n}\n", gap="#"),
    "powershell": Form("Set-AWSCredential -AccessKey $id -SecretKey $secret -StoreAs $name\n", gap="#"),
    "sql_copy": Form(f"COPY t$n FROM 's3://b' CREDENTIALS '{ID}=$id;{SECRET}=$secret';\n", gap="--"),
    "shell_configure_set": Form(
        f"aws configure set {ID} $id\naws configure set {SECRET} $secret --profile $name\n"
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
        "key: $id\nurl: https://x/?X-Amz-Credential=$lone%2F2024\nsecret: $secret\n", gap="#"
    ),
}


def blocks_yaml(draw: Draw) -> str:
    """All IDs, then all secrets."""
    rows = draw.all()
    return "ids:\n" + _each(rows, "  - $id\n") + "secrets:\n" + _each(rows, "  - $secret\n")


def blocks_secrets_first(draw: Draw) -> str:
    rows = draw.all()
    return "secrets:\n" + _each(rows, "  - $secret\n") + "\n\nids:\n" + _each(rows, "  - $id\n")


def blocks_of_objects(draw: Draw) -> str:
    rows = draw.all()
    record = "  - name: $user\n    value: "
    return "ids:\n" + _each(rows, record + "$id\n") + "secrets:\n" + _each(rows, record + "$secret\n")


def blocks_arrays(draw: Draw) -> str:
    rows = draw.all()
    return "ids = [" + _each(rows, "'$id', ") + "]\nsecrets = [" + _each(rows, "'$secret', ") + "]\n"


def blocks_table_rows(draw: Draw) -> str:
    rows = draw.all()
    names = "| |" + _each(rows, " $user |")
    return names + "\n| id |" + _each(rows, " $id |") + "\n| secret |" + _each(rows, " $secret |") + "\n"


def blocks_by_sections(draw: Draw) -> str:
    """Sections of one to three IDs and then their secrets."""
    rows, text = draw.all(), ""
    while rows:
        size = draw.chance.randrange(1, 4)
        part, rows = rows[:size], rows[size:]
        text += "ids\n" + _each(part, "  $id\n") + "secrets\n" + _each(part, "  $secret\n") + "\n"
    return text


def named_shuffled(draw: Draw) -> str:
    """Names alone tell who belongs to whom."""
    rows = draw.all()
    lines = [f"{row['NAME']}_{ENV_ID}={row['id']}\n" for row in rows]
    lines += [f"{row['NAME']}_{ENV_SECRET}={row['secret']}\n" for row in rows]
    return "".join(draw.chance.sample(lines, len(lines)))


def named_sorted(draw: Draw) -> str:
    """What ``env | sort`` prints when the names stand at the end."""
    rows = draw.all()
    lines = [f"{ENV_ID}_{row['NAME']}={row['id']}\n" for row in rows]
    return "".join(sorted(lines + [f"{ENV_SECRET}_{row['NAME']}={row['secret']}\n" for row in rows]))


def mixed_orders(draw: Draw) -> str:
    """Each record in an order of its own."""
    orders = ("key = $id\nsecret = $secret\n\n\n", "secret = $secret\nkey = $id\n\n\n")
    return "".join(_each([row], draw.chance.choice(orders)) for row in draw.all())


def inventory_first(draw: Draw) -> str:
    """The IDs are listed once more at the top."""
    rows = draw.all()
    return _each(rows, " * $id ($user)\n") + "\n" + _each(rows, "key = '$id'\nsecret = '$secret'\n\n")


def lone_ids_around(draw: Draw) -> str:
    """IDs of others before and after."""
    others = "".join(keys.key_id(draw.seed * 1000 + 700_000 + n) + "\n" for n in range(3))
    return others + "\n\n" + _each(draw.all(), "$id,$secret\n") + "\n\n" + others


def mixed_forms(draw: Draw) -> str:
    """Records of different forms in one text."""
    forms = [form for form in FORMS.values() if form.prefix == "AKIA"]
    text = ""
    for row in draw.all():
        form = draw.chance.choice(forms)
        text += form.head + Template(form.record).substitute(row) + form.foot + "\n\n"
    return text


def _each(rows: list[dict[str, str]], template: str) -> str:
    return "".join(Template(template).substitute(row) for row in rows)


def token(seed: int) -> str:
    """The session token of the pair that is made from ``seed``, which is 1000 * the shape's + its number."""
    return keys.session_token(seed, length=300 + seed % 7 * 100)


def _shape(write: Callable[[Draw], str]) -> Shape:
    def shape(seed: int, n_pairs: int) -> tuple[str, Pairs]:
        draw = Draw(seed, n_pairs)
        text = write(draw)
        return text.replace("\n", "\r\n") if draw.chance.random() < 0.2 else text, draw.pairs

    return shape


BLOCKS = (
    blocks_yaml,
    blocks_secrets_first,
    blocks_of_objects,
    blocks_arrays,
    blocks_table_rows,
    blocks_by_sections,
)
OTHERS = (named_shuffled, named_sorted, mixed_orders, inventory_first, lone_ids_around, mixed_forms)
SHAPES: dict[str, Shape] = {name: _shape(form.write) for name, form in FORMS.items()}
SHAPES |= {write.__name__: _shape(write) for write in (*BLOCKS, *OTHERS)}
