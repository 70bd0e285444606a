"""Says what goes where a key stood, by the kind of file: a table, so that a new kind is one entry."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

from typing import Final, NamedTuple


class FileKind(NamedTuple):
    """A kind of file, known by its lower-case name or by a folder on the way to it.

    ``names`` are whole names, ``beginnings`` and ``endings`` parts of one, ``folders`` parts of the path,
    which begins with a slash.  ``instead`` is one sentence of at most 95 characters.
    """

    instead: str
    names: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()

    def has(self, whole: str, name: str) -> bool:
        """Whether the file at ``whole``, which begins with a slash, and is called ``name``, is one."""
        return (
            name in self.names
            or name.startswith(self.beginnings)
            or name.endswith(self.endings)
            or any(map(whole.__contains__, self.folders))
        )


ANYWHERE: Final = "Keep it in ~/.aws/credentials or environment variables; better, use a role."
CREDENTIALS: Final = "~/.aws/credentials"
_FINDS: Final = "finds environment variables, ~/.aws/credentials or, best, a role."
_TOOL: Final = "Keep this file out of git, and readable for its owner alone; better, use a role."
_OIDC: Final = "Let the job assume a role by OIDC"

# Sources: the SDKs' reference, "Standardized credential providers", which each SDK named here follows; IAM
# User Guide, "Alternatives to long-term access keys"; the OIDC pages of each CI; Lambda, "Execution role";
# ECS, "Task IAM role"; EKS, "Pod Identity"; S3A's documentation; Redshift, COPY; Terraform's AWS provider.
FILES: Final = (
    FileKind("Delete this file, and every copy of it.", beginnings=("rootkey",)),
    FileKind(
        "Move it to ~/.aws/credentials (aws configure); better, use a role. Delete the file.",
        names=("credentials.csv", "new_user_credentials.csv"),
        endings=("accesskeys.csv", "_credentials.csv"),
    ),
    FileKind(
        "For another account, assume a role there (role_arn and source_profile), not a key.",
        names=("aws_config",),
        folders=("/.aws/config",),
    ),
    FileKind(
        "Keep ~/.aws/credentials out of git; better, use a role: sign in (aws sso login).",
        folders=("/.aws/",),
        names=("credentials", "aws_credentials"),
    ),
    FileKind(_TOOL, names=(".s3cfg", ".boto", ".passwd-s3fs", "passwd-s3fs", "rclone.conf", ".mcrc")),
    FileKind(
        "Keep state out of git, in an encrypted backend: it holds every key in clear.",
        endings=(".tfstate", ".tfstate.backup"),
    ),
    FileKind(
        f"{_OIDC} (aws-actions/configure-aws-credentials).",
        folders=("/.github/workflows/", "/.github/actions/"),
    ),
    FileKind(f"{_OIDC} (id_tokens in .gitlab-ci.yml).", beginnings=(".gitlab-ci",), folders=("/.gitlab/",)),
    FileKind(f"{_OIDC} (oidc: true in its step).", names=("bitbucket-pipelines.yml",)),
    FileKind(f"{_OIDC} (CIRCLE_OIDC_TOKEN).", folders=("/.circleci/",)),
    FileKind(f"{_OIDC} (buildkite-agent oidc request-token).", folders=("/.buildkite/",)),
    FileKind(
        "Give the agents a role (of EC2, or by IAM Roles Anywhere), not the job a key.",
        beginnings=("jenkinsfile",),
        endings=(".jenkinsfile",),
    ),
    FileKind(
        "Give the project's service role the rights: CodeBuild needs no keys.", beginnings=("buildspec",)
    ),
    FileKind(
        f"{_OIDC}; if that cannot be, use the CI's secret store.",
        beginnings=("azure-pipelines", ".travis", ".drone", "appveyor", "cloudbuild"),
        folders=("/.azure-pipelines/", "/.woodpecker/", "/.teamcity/"),
    ),
    FileKind(
        "Give the function an execution role: Lambda then hands it temporary keys.",
        beginnings=("serverless.", "samconfig", "lambda_function", "zappa_settings"),
        folders=("/lambda/", "/lambdas/", "/.chalice/"),
    ),
    FileKind(
        "Give the function or the instance a role in the template, instead of a key.",
        names=("template.yaml", "template.yml", "template.json", "cdk.json"),
        folders=("/cloudformation/", "/cfn/"),
    ),
    FileKind(
        "Give the instance a role (an instance profile): the CLI and SDKs find it.",
        beginnings=("user-data", "user_data", "userdata", "cloud-init", "cloud-config"),
        folders=("/.ebextensions/", "/packer/"),
        endings=(".pkr.hcl",),
    ),
    FileKind(
        "Give the ECS task a role (taskRoleArn): the CLI and SDKs find it.",
        beginnings=("task-def", "task_def", "taskdef", "ecs-params"),
    ),
    FileKind(
        "Give the service account a role (EKS Pod Identity or IRSA) instead of a key.",
        beginnings=("kustomization", "values.y", "values-"),
        folders=("/k8s/", "/kubernetes/", "/helm/", "/charts/", "/manifests/"),
    ),
    FileKind(
        "An image keeps what is built into it: pass variables at run time, or use a role.",
        beginnings=("dockerfile", "containerfile", "docker-compose", "compose.y"),
        endings=(".dockerfile",),
    ),
    FileKind(
        "Leave keys out of the provider; for another account, use its assume_role block.",
        endings=(".tf", ".tfvars", ".tf.json", ".hcl"),
    ),
    FileKind(
        "Machines outside AWS get roles, too: by a certificate, with IAM Roles Anywhere.",
        folders=("/ansible/", "/group_vars/", "/host_vars/", "/etc/", "/puppet/", "/cookbooks/"),
        endings=(".service", "crontab"),
    ),
    FileKind(
        "Let S3A take an instance's role, or put the key into a credential provider.",
        names=("core-site.xml", "hdfs-site.xml", "hive-site.xml", "spark-defaults.conf"),
    ),
    FileKind(
        "Keep .env out of git (.gitignore), and commit a .env.example without values.",
        beginnings=(".env",),
        endings=(".env",),
    ),
    FileKind(
        "An app can keep no key: let Amazon Cognito give each user temporary credentials.",
        names=("androidmanifest.xml", "strings.xml", "awsconfiguration.json"),
        folders=("/android/", "/ios/"),
        endings=(".swift", ".dart", ".m", ".mm", ".plist"),
    ),
    FileKind(
        "A browser can keep no key: use Amazon Cognito, or URLs that your server signs.",
        folders=("/frontend/", "/public/js/", "/static/js/", "/wwwroot/"),
        endings=(".jsx", ".tsx", ".vue", ".svelte", ".html", ".htm"),
    ),
    FileKind(
        "Redshift's COPY takes IAM_ROLE; Snowflake a storage integration: no key in SQL.", endings=(".sql",)
    ),
    FileKind("Find out what writes it into logs, and leave it out there.", endings=(".log", ".har")),
    FileKind(f"Pass boto3 no keys: it {_FINDS}", endings=(".py", ".ipynb", ".pyi")),
    FileKind(f"Pass the client no keys: it {_FINDS}", endings=(".js", ".mjs", ".cjs", ".ts", ".mts")),
    FileKind(
        f"DefaultCredentialsProvider {_FINDS}",
        endings=(".java", ".kt", ".scala", ".groovy", ".properties"),
        names=("application.yml", "application.yaml"),
    ),
    FileKind(f"config.LoadDefaultConfig {_FINDS}", endings=(".go",)),
    FileKind(f"Pass no keys: the SDK {_FINDS}", endings=(".rb", ".rake", ".cs", ".vb", ".cpp", ".cc")),
    FileKind(f"Without 'credentials', PHP {_FINDS}", endings=(".php",)),
    FileKind(f"aws_config::load_defaults {_FINDS}", endings=(".rs",)),
    FileKind(
        f"Export no keys: the CLI {_FINDS}",
        endings=(".sh", ".bash", ".zsh", ".fish", ".ps1", ".bat", ".cmd"),
        names=("makefile", ".bashrc", ".bash_profile", ".profile", ".zshrc", ".envrc", ".bash_history"),
    ),
)


def instead(path: str | None) -> str:
    """What goes, instead of a key, into a file like ``path``.

    >>> instead("deploy/prod/values.yaml")
    'Give the service account a role (EKS Pod Identity or IRSA) instead of a key.'
    """
    whole = f"/{path or ''}".lower().replace("!", "/")
    name = whole[whole.rfind("/") + 1 :]
    return next((kind.instead for kind in FILES if kind.has(whole, name)), ANYWHERE)
