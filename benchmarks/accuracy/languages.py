"""The same pair of keys, assigned in the languages and formats that people write."""

from __future__ import annotations

from typing import Final

from benchmarks.accuracy.cases import Form

TUNED: Final = {
    "ini": ("ini", "[default]\nregion = eu-west-1\naws_access_key_id = «id»\naws_secret_access_key = «secret»\n"),
    "dotenv": ("env", "DEBUG=1\nAWS_ACCESS_KEY_ID=«id»\nAWS_SECRET_ACCESS_KEY=«secret»\n"),
    "shell": ("sh", "#!/bin/sh\nexport AWS_ACCESS_KEY_ID='«id»'\nexport AWS_SECRET_ACCESS_KEY='«secret»'\naws s3 ls\n"),
    "yaml": ("yaml", "storage:\n  access_key: «id»\n  secret_key: «secret»\n  region: eu-west-1\n"),
    "json": ("json", '{\n  "accessKeyId": "«id»",\n  "secretAccessKey": "«secret»"\n}\n'),
    "json on one line": ("json", '{"bucket":"b","key":"«id»","secret":"«secret»","region":"us-east-1"}\n'),
    "toml": ("toml", '[aws]\nkey = "«id»"\nsecret = "«secret»"\n'),
    "xml": ("xml", "<aws>\n  <accessKey>«id»</accessKey>\n  <secretKey>«secret»</secretKey>\n</aws>\n"),
    "properties": ("properties", "cloud.aws.credentials.accessKey=«id»\ncloud.aws.credentials.secretKey=«secret»\n"),
    "python call": ("py", "import boto3\n\ns3 = boto3.client('s3', aws_access_key_id='«id»',\n                  aws_secret_access_key='«secret»')\n"),
    "python positional": ("py", "connection = S3Connection('«id»', '«secret»')\n"),
    "java": ("java", 'AWSCredentials c = new BasicAWSCredentials("«id»", "«secret»");\n'),
    "go": ("go", 'cfg.Credentials = credentials.NewStaticCredentials("«id»", "«secret»", "")\n'),
    "javascript": ("js", "AWS.config.update({\n  accessKeyId: '«id»',\n  secretAccessKey: '«secret»',\n});\n"),
    "typescript": ("ts", 'const client = new S3Client({ credentials: { accessKeyId: "«id»", secretAccessKey: "«secret»" } });\n'),
    "ruby": ("rb", "Aws.config[:credentials] = Aws::Credentials.new('«id»', '«secret»')\n"),
    "php": ("php", "<?php\n$s3 = new S3Client([\n    'credentials' => ['key' => '«id»', 'secret' => '«secret»'],\n]);\n"),
    "c sharp": ("cs", 'var c = new BasicAWSCredentials("«id»",\n    "«secret»");\n'),
    "terraform": ("tf", 'provider "aws" {\n  access_key = "«id»"\n  secret_key = "«secret»"\n}\n'),
    "dockerfile": ("dockerfile", "FROM alpine\nENV AWS_ACCESS_KEY_ID=«id» \\\n    AWS_SECRET_ACCESS_KEY=«secret»\nRUN ./deploy\n"),
    "github actions": ("yml", "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          aws-access-key-id: «id»\n          aws-secret-access-key: «secret»\n"),
    "console csv": ("csv", "Access key ID,Secret access key\r\n«id»,«secret»\r\n"),
    "console csv of a user": ("csv", "User name,Password,Access key ID,Secret access key,Console login link\nana,,«id»,«secret»,https://example.signin.aws.amazon.com/console\n"),
    "tsv": ("tsv", "user\tkey\tsecret\nana\t«id»\t«secret»\n"),
    "sql": ("sql", "COPY t FROM 's3://b/f' CREDENTIALS 'aws_access_key_id=«id»;aws_secret_access_key=«secret»' CSV;\n"),
    "url": ("txt", "backup: s3://«id»:«secret»@bucket/path\n"),
    "notebook": ("ipynb", '{"cells": [{"cell_type": "code", "source": [\n    "os.environ[\\"AWS_ACCESS_KEY_ID\\"] = \\"«id»\\"\\n",\n    "os.environ[\\"AWS_SECRET_ACCESS_KEY\\"] = \\"«secret»\\"\\n"\n]}]}\n'),
    "gradle": ("gradle", 'credentials(AwsCredentials) {\n    accessKey "«id»"\n    secretKey "«secret»"\n}\n'),
    "r": ("R", 'Sys.setenv("AWS_ACCESS_KEY_ID" = "«id»",\n           "AWS_SECRET_ACCESS_KEY" = "«secret»")\n'),
    "scala": ("scala", 'sc.hadoopConfiguration.set("fs.s3a.access.key", "«id»")\nsc.hadoopConfiguration.set("fs.s3a.secret.key", "«secret»")\n'),
    "powershell": ("ps1", 'Set-AWSCredential -AccessKey "«id»" -SecretKey "«secret»" -StoreAs default\n'),
    "root key": ("csv", "AWSAccessKeyId=«id»\nAWSSecretKey=«secret»\n"),
    "kubernetes env": ("yaml", "        env:\n        - name: AWS_ACCESS_KEY_ID\n          value: «id»\n        - name: AWS_SECRET_ACCESS_KEY\n          value: «secret»\n"),
    "temporary with token": ("ini", "[default]\naws_access_key_id = «temporary»\naws_secret_access_key = «secret»\naws_session_token = «token»\n"),
}  # fmt: skip
"""By name: suffix and template."""

HELD_OUT: Final = {
    "kotlin": ("kt", 'val provider = StaticCredentialsProvider {\n    accessKeyId = "«id»"\n    secretAccessKey = "«secret»"\n}\n'),
    "swift": ("swift", 'let p = AWSStaticCredentialsProvider(accessKey: "«id»", secretKey: "«secret»")\n'),
    "rust": ("rs", 'let c = Credentials::new("«id»", "«secret»", None, None, "static");\n'),
    "elixir": ("exs", 'config :ex_aws,\n  access_key_id: "«id»",\n  secret_access_key: "«secret»"\n'),
    "perl": ("pl", "my $s3 = Amazon::S3->new({ aws_access_key_id => q(«id»), aws_secret_access_key => q(«secret») });\n"),
    "lua": ("lua", 'local aws = { id = "«id»", secret = "«secret»" }\n'),
    "c": ("c", '#define S3_ID "«id»"\n#define S3_SECRET "«secret»"\n'),
    "hcl of packer": ("hcl", 'source "amazon-ebs" "web" {\n  access_key = "«id»"\n  secret_key = "«secret»"\n}\n'),
    "makefile": ("mk", "deploy: export AWS_ACCESS_KEY_ID = «id»\ndeploy: export AWS_SECRET_ACCESS_KEY = «secret»\n"),
    "batch": ("bat", "set AWS_ACCESS_KEY_ID=«id»\r\nset AWS_SECRET_ACCESS_KEY=«secret»\r\n"),
    "hadoop": ("xml", "<property><name>fs.s3a.access.key</name>\n<value>«id»</value></property>\n<property><name>fs.s3a.secret.key</name>\n<value>«secret»</value></property>\n"),
    "rclone": ("conf", "[s3]\ntype = s3\nprovider = AWS\naccess_key_id = «id»\nsecret_access_key = «secret»\nacl = private\n"),
    "s3fs password": ("txt", "«id»:«secret»\n"),
    "transcript": ("log", "$ aws configure\nAWS Access Key ID [None]: «id»\nAWS Secret Access Key [None]: «secret»\nDefault region name [None]: eu-west-1\n"),
    "terraform state": ("tfstate", '          "attributes": {\n            "id": "«id»",\n            "pgp_key": null,\n            "secret": "«secret»",\n            "status": "Active",\n'),
    "answer of IAM": ("json", '{"AccessKey": {"UserName": "ana", "AccessKeyId": "«id»", "Status": "Active",\n "SecretAccessKey": "«secret»", "CreateDate": "2024-01-02T03:04:05Z"}}\n'),
    "answer of a metadata service": ("json", '{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"«temporary»","SecretAccessKey":"«secret»","Token":"«token»","Expiration":"2024-01-02T03:04:05Z"}\n'),
    "compose list": ("yml", "services:\n  app:\n    environment:\n      - AWS_ACCESS_KEY_ID=«id»\n      - AWS_SECRET_ACCESS_KEY=«secret»\n"),
    "jenkinsfile": ("groovy", "withEnv(['AWS_ACCESS_KEY_ID=«id»', 'AWS_SECRET_ACCESS_KEY=«secret»']) {\n"),
    "launch configuration": ("json", '"env": {"AWS_ACCESS_KEY_ID": "«id»", "AWS_SECRET_ACCESS_KEY": "«secret»"},\n'),
    "csv with quotes": ("csv", '"User Name","Access Key Id","Secret Access Key"\r\n"ana","«id»","«secret»"\r\n'),
    "minified": ("js", 'e.exports=function(t){var n={r:"eu-west-1",k:"«id»",s:"«secret»"};return n[t]},function(e,t,n){"use strict"}\n'),
    "markdown table": ("md", "| user | key | secret |\n|---|---|---|\n| ana | `«id»` | `«secret»` |\n"),
    "html form": ("html", '<input name="key" value="«id»">\n<input name="secret" value="«secret»">\n'),
    "log line": ("log", "2024-01-02 03:04:05 DEBUG s3: using access_key=«id» secret_key=«secret» region=eu-west-1\n"),
    "command line": ("sh", "AWS_ACCESS_KEY_ID=«id» AWS_SECRET_ACCESS_KEY=«secret» aws s3 sync . s3://bucket\n"),
    "dart": ("dart", "final credentials = AwsClientCredentials(accessKey: '«id»', secretKey: '«secret»');\n"),
    "nginx": ("conf", "aws_access_key «id»;\naws_secret_key «secret»;\n"),
    "clojure": ("clj", '(def cred {:access-key "«id»"\n           :secret-key "«secret»"})\n'),
    "snowflake": ("sql", "CREATE STAGE s URL='s3://b' CREDENTIALS=(AWS_KEY_ID='«id»' AWS_SECRET_KEY='«secret»');\n"),
}  # fmt: skip


def forms() -> list[Form]:
    """All of them."""
    return [
        Form(name, "languages", template, suffix=suffix, held_out=held_out)
        for table, held_out in ((TUNED, False), (HELD_OUT, True))
        for name, (suffix, template) in table.items()
    ]
