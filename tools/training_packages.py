"""Names the public packages that the randomness score is trained and measured on, and reads them.

The clients pip, npm, go, mvn and cargo fetch them.  Nothing is unpacked or executed, except that pip asks
the source distributions for their metadata.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Whole packages are kept apart, and so are packages of one origin (plotly from PyPI and from npm).
TRAIN = {
    "wheel": """botocore==1.44.5 awscli==1.46.2 certifi==2026.10.19.post1 babel==2.18.0 notebook==7.6.5
        plotly==7.1.0 nltk==3.10.4 zxcvbn==4.5.0 pygments==2.21.0 sympy==1.14.0 azure-mgmt-network==33.1.0
        stripe==16.1.0 ansible==14.5.0 mypy==2.4.1 wagtail==8.0.1 phonenumbers==9.0.43 mnemonic==0.21
        pandas==3.1.1 matplotlib==3.11.2 pipenv==2026.10.3 cfn-lint==1.58.0 cryptography-vectors==50.0.2
        tensorboard==2.21.0 fake-useragent==2.2.0""",
    "sdist": "paramiko==5.1.0 oauthlib==4.0.1 requests==2.34.2 django==6.1.3",
    "npm": """aws-sdk@2.1693.0 @aws-sdk/client-s3@3.1169.0 lodash@4.18.1 typescript@5.9.3 three@0.187.0
        @angular/core@22.2.6 monaco-editor@0.57.0 d3@7.9.2 echarts@6.1.0 pdfjs-dist@6.5.438 @types/node@26.6.6
        @babel/standalone@8.0.6 antd@6.6.8 @mui/icons-material@9.5.0 swagger-ui-dist@5.35.0
        emoji-datasource@16.0.0 firebase@12.19.0 node-forge@1.4.3 ethers@6.17.0 bip39@3.1.2
        @octokit/openapi@23.0.2 next@16.4.6 caniuse-lite@1.0.30001826 npm@12.2.0 @cspell/dict-en_us@4.4.43
        aws-cdk-lib@2.276.0""",
    "go": "k8s.io/api@v0.37.2 k8s.io/client-go@v0.37.2 github.com/ethereum/go-ethereum@v1.17.10",
    "maven": "org.apache.hadoop:hadoop-aws:3.5.0 org.jetbrains.kotlin:kotlin-stdlib:2.4.21",
    "cargo": "ring=0.17.14 windows-sys=0.59.0",
}
HELD_OUT = {
    "wheel": """kubernetes==37.0.2 sphinx==9.2.0 jupyterlab==4.6.6 bokeh==3.10.1 faker==40.54.0 dash==4.4.1
        wordfreq==3.1.1 twilio==9.13.0 streamlit==1.67.0 gradio==6.31.0 moto==5.2.5 checkov==3.3.30
        localstack-core==2026.3.0 mkdocs-material==9.8.1 pycountry==26.2.16 google-api-python-client==2.202.0
        scikit-learn==1.9.1 scipy==1.18.1 transformers==5.23.0 mitmproxy==12.3.1 astropy==8.0.2
        poetry==2.5.1 aiohttp==3.14.5 pytz==2026.6 tldextract==5.4.0""",
    "sdist": "PyGithub==2.10.0 detect-secrets==1.5.0 PyJWT==2.15.1 tornado==6.6.1 nbconvert==7.17.2",
    "npm": """react-dom@19.3.1 webpack@5.112.2 moment@2.31.0 core-js@3.51.0 mermaid@12.3.0 ace-builds@1.45.2
        tinymce@8.9.2 cldr-core@48.2.0 googleapis@188.0.0 openpgp@6.3.2 elliptic@6.6.1 crypto-js@4.2.0
        web3@4.16.0 @octokit/graphql-schema@15.26.1 playwright-core@1.65.1 puppeteer-core@25.16.0 vue@3.5.45
        simple-icons@16.37.0 @mdn/browser-compat-data@8.1.9 highlight.js@11.12.0 serverless@4.43.0
        all-the-package-names@2.0.2578 mathjax@4.1.3 ag-grid-community@36.2.0 date-fns@4.4.0 rxjs@7.8.2
        @fortawesome/fontawesome-free@7.3.1 bootstrap@5.3.8 yarn@2.4.3 katex@0.19.1""",
    "go": """github.com/prometheus/prometheus@v0.316.0 github.com/docker/docker@v28.5.2+incompatible
        github.com/hashicorp/vault/api@v1.23.0 google.golang.org/grpc@v1.85.0 golang.org/x/tools@v0.52.0""",
    "maven": """org.hibernate.orm:hibernate-core:7.4.13.Final org.apache.lucene:lucene-core:9.12.3
        com.azure:azure-storage-blob:12.33.3 org.scala-lang:scala-library:2.13.18""",
    "cargo": "web-sys=0.3.77 rustls=0.23.35",
}
# Fetched when the features had been chosen.
FRESH = {
    "wheel": """oci==2.189.0 sentry-sdk==2.75.0 python-jose==3.5.0 pyecharts==2.1.0
        apache-airflow-core==3.3.2 prowler==5.46.0 mlflow==3.18.0
        dagster-webserver==1.13.27""",
    "npm": """@aws-sdk/client-ec2@3.1169.0 eslint@10.15.0 prismjs@1.30.0 jquery@4.0.0 @mui/material@9.5.0
        source-map@0.8.0 jsdom@31.0.1 prettier@3.10.1 exceljs@4.4.0 @elastic/elasticsearch@9.5.1""",
}
WHEELS = ["--only-binary=:all:", "--python-version=3.13", "--implementation=cp", "--abi=cp313", "--abi=abi3"]
WHEELS += ["--abi=none", "--platform=manylinux_2_28_x86_64", "--platform=manylinux_2_27_x86_64"]
WHEELS += ["--platform=manylinux2014_x86_64", "--platform=any"]
ARCHIVES = {
    "wheel": "*.whl",
    "sdist": "*.tar.gz",
    "npm": "*.tgz",
    "go": "cache/download/**/*.zip",
    "maven": "**/*-sources.jar",
    "cargo": "home/registry/cache/*/{crate}-{version}.crate",
}

RUN = re.compile(rb"[A-Za-z0-9+/]{32,}+")
LONGEST = 64
BLOCK_BEFORE = re.compile(rb"[A-Za-z0-9+/]{40,}[^A-Za-z0-9+/]{0,12}\Z")
BLOCK_AFTER = re.compile(rb"[^A-Za-z0-9+/]{0,12}[A-Za-z0-9+/]{40,}")


class Sighting(NamedTuple):
    """Where a run was seen first, how often in all, and what is around it.

    ``joined``: by ``-`` or ``_`` to more, so part of a longer token.  ``block``: in base64 of several
    lines.  ``bare``: neither; these are what the score has to judge.
    """

    count: int
    package: str
    path: str
    context: str


class Corpus(NamedTuple):
    """The runs of one part of the packages, and how many bytes of text these are."""

    runs: dict[bytes, Sighting]
    size: int

    def select(self, context: str = "bare", length: int | None = 40) -> list[bytes]:
        """The runs of that context, of ``length`` characters or of any."""
        return [
            run for run, one in self.runs.items() if one.context == context and length in {None, len(run)}
        ]


def names(part: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each registry and package of ``part``."""
    for kind, text in part.items():
        for name in text.split():
            yield kind, name


def folder_of(root: Path, kind: str, name: str) -> Path:
    """Where a package's archive lies."""
    return root / kind / re.sub(r"[/:]", "+", name)


def command(kind: str, name: str, folder: Path) -> list[str]:
    """How the registry's own client fetches a package into ``folder``."""
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), name]
    if kind == "wheel":
        return pip + WHEELS
    if kind == "sdist":
        return [*pip, "--no-binary=:all:", "--ignore-requires-python"]
    if kind == "npm":
        return ["npm", "pack", "--silent", name, "--pack-destination", str(folder)]
    if kind == "go":
        return ["go", "mod", "download", name]
    if kind == "maven":
        options = [f"-Dartifact={name}:jar:sources", "-Dtransitive=false", f"-Dmaven.repo.local={folder}"]
        return ["mvn", "-q", "-B", "dependency:get", *options]
    return ["cargo", "fetch", "-q", "--manifest-path", str(folder / "Cargo.toml")]


def download(root: Path, kind: str, name: str) -> None:
    """Fetch a package unless it is there."""
    folder = folder_of(root, kind, name)
    if (folder / ".done").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "cargo":
        crate, version = name.split("=")
        (folder / "src").mkdir(exist_ok=True)
        (folder / "src/lib.rs").touch()
        head = '[package]\nname = "x"\nversion = "0.0.0"\n[dependencies]\n'
        (folder / "Cargo.toml").write_text(f'{head}{crate} = "={version}"\n')
    homes = {"GOMODCACHE": str(folder), "GOFLAGS": "-modcacherw", "CARGO_HOME": str(folder / "home")}
    call = command(kind, name, folder)
    subprocess.run(call, cwd=folder, env=os.environ | homes, check=True)  # noqa: S603 - made of the lists above
    (folder / ".done").touch()


def archives(root: Path, kind: str, name: str) -> list[Path]:
    """The archives that a download left; at least one."""
    crate, _, version = name.partition("=")
    found = sorted(folder_of(root, kind, name).glob(ARCHIVES[kind].format(crate=crate, version=version)))
    return found or sys.exit(f"no archive of {kind} {name}")


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Path and content of each file in an archive."""
    if archive.suffix in {".whl", ".jar", ".zip"}:
        with zipfile.ZipFile(archive) as files:
            for info in files.infolist():
                yield info.filename, files.read(info)
    else:
        with tarfile.open(archive) as files:
            for member in files:
                if member.isfile() and (content := files.extractfile(member)):
                    yield member.name, content.read()


def context_of(before: bytes, after: bytes) -> str:
    """What is around a run; see :class:`Sighting`."""
    if before.endswith((b"-", b"_")) or after.startswith((b"-", b"_")):
        return "joined"
    return "block" if BLOCK_BEFORE.search(before) or BLOCK_AFTER.match(after) else "bare"


def collect(root: Path, part: dict[str, str]) -> Corpus:
    """The runs of 32 to 64 characters in the text files of ``part``."""
    runs: dict[bytes, Sighting] = {}
    size = 0
    for kind, name in names(part):
        download(root, kind, name)
        for archive in archives(root, kind, name):
            for path, data in members(archive):
                if b"\0" not in data[:8192]:
                    size += len(data)
                    add_runs(runs, data, f"{kind} {name}", path)
    return Corpus(runs, size)


def add_runs(runs: dict[bytes, Sighting], data: bytes, package: str, path: str) -> None:
    """Enter the runs of one file."""
    for match in RUN.finditer(data):
        run, (start, end) = match.group(), match.span()
        if len(run) > LONGEST or data.startswith(b"=", end):
            continue
        if seen := runs.get(run):
            runs[run] = seen._replace(count=seen.count + 1)
        else:
            around = context_of(data[max(0, start - 160) : start], data[end : end + 90])
            runs[run] = Sighting(1, package, path, around)
