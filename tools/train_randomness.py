"""Makes keyguard/data/randomness.bin from public packages and says how well it does on others.

Run it with a directory for the downloads (about 2 GB; what is there already is not fetched again):

    python tools/train_randomness.py /tmp/packages

It needs numpy, and the clients pip, npm, go, mvn and cargo.  Nothing is unpacked or executed, except
that pip asks the source distributions for their metadata.  The same archives give the same file.
"""

from __future__ import annotations

import base64
import math
import os
import random
import re
import string
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from keyguard import randomness  # noqa: E402 - the script runs from a checkout, not from an installation
from keyguard.findings import SURE  # noqa: E402 - likewise
from keyguard.judge import WEAK  # noqa: E402 - likewise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
HEX = re.compile(rb"[0-9a-f]+|[0-9A-F]+")
BLOCK_BEFORE = re.compile(rb"[A-Za-z0-9+/]{40,}[^A-Za-z0-9+/]{0,12}\Z")
BLOCK_AFTER = re.compile(rb"[^A-Za-z0-9+/]{0,12}[A-Za-z0-9+/]{40,}")
LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
KEYBOARD = "1234567890 qwertyuiop asdfghjkl zxcvbnm ".replace(" ", "")
SEQUENCES = tuple(
    sequence.encode()
    for sequence in (
        UPPER + LOWER + DIGITS + "+/",
        LOWER + UPPER + DIGITS + LOWER,
        KEYBOARD + KEYBOARD.upper(),
        "".join(map("".join, zip(UPPER, LOWER, strict=True))),
    )
)
CODES = np.full(256, -1)
CODES[list(randomness.ALPHABET)] = range(64)
UNITS_PER_NAT = 24
SMOOTHING, UNIFORM_SHARE, SEQUENCE_SHARE = 50, 0.02, 0.15
RIDGE = 1e-5
RANDOM_RUNS = 400_000
# So many of the runs are added once more as base64 of themselves: base64 of text is real, but rare.
ENCODED_EVERY = 100


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


def codes(runs: list[bytes]) -> np.ndarray:
    """Runs of one length as numbers 0 to 63, a row each."""
    return CODES[np.frombuffer(b"".join(runs), dtype=np.uint8).reshape(len(runs), -1)]


def pairs(matrix: np.ndarray) -> np.ndarray:
    """The pairs of neighbours as numbers 0 to 4095."""
    return matrix[:, :-1] * 64 + matrix[:, 1:]


def sequences() -> np.ndarray:
    """What follows what in alphabets, keyboard rows and repetition: text that packages hold too little of."""
    table = np.eye(64)
    for sequence in SEQUENCES:
        row = CODES[list(sequence)]
        table[row[:-1], row[1:]] += 1
        table[row[1:], row[:-1]] += 0.7
    return table / table.sum(axis=1, keepdims=True)


def text_evidence(counts: np.ndarray) -> np.ndarray:
    """Per pair, the logarithm of its odds in text to chance; ``counts`` are the pairs of text."""
    table = counts.reshape(64, 64)
    single = (table.sum(axis=0) + 1) / (table.sum() + 64)
    follows = (table + SMOOTHING * single) / (table.sum(axis=1, keepdims=True) + SMOOTHING)
    rest = 1 - UNIFORM_SHARE - SEQUENCE_SHARE
    return np.log(64 * (rest * follows + UNIFORM_SHARE / 64 + SEQUENCE_SHARE * sequences())).ravel()


def train_cells(texts: list[bytes]) -> bytes:
    """One byte per pair, 128 for no evidence, more for chance.

    Twice, the runs that look like chance are left out and the rest is counted again: they are keys and
    digests, and would teach the table that text is random.
    """
    lengths = sorted({len(text) for text in texts})
    groups = [pairs(codes([text for text in texts if len(text) == length])) for length in lengths]
    kept = groups
    for _ in range(3):
        counts = sum(np.bincount(group.ravel(), minlength=4096) for group in kept)
        table = text_evidence(counts)
        kept = [group[table[group].mean(axis=1) > 0] for group in groups]
    return np.clip(np.round(128 - UNITS_PER_NAT * table), 0, 255).astype(np.uint8).tobytes()


def fit(chance: np.ndarray, text: np.ndarray, share: float) -> np.ndarray:
    """Bias and weights of a logistic regression, of random runs against those of packages.

    Rows are runs.  Both sides weigh the same, but of the packages' runs only ``share`` is in ``text``
    (the others lack a case and need no weighing).  A part of ``text`` is random itself: how much, and
    which, is estimated along with the weights (expectation and maximisation).
    """
    rows = np.vstack([chance, text])
    rows = np.hstack([np.ones((len(rows), 1)), rows])
    labels = np.r_[np.ones(len(chance)), np.zeros(len(text))]
    genuine, mixed, weights = np.ones(len(text)), 0.01, np.zeros(rows.shape[1])
    for _ in range(60):  # far more rounds than it takes
        masses = np.r_[np.full(len(chance), 1 / len(chance)), genuine * share / len(text)]
        weights = newton(rows, labels, masses, weights)
        odds = mixed * np.exp(np.clip(rows[len(chance) :] @ weights, -30, 30))
        genuine = (1 - mixed) / (odds + 1 - mixed)
        mixed = 1 - genuine.mean()
    print(f"estimated share of random runs among those of the packages: {mixed:.2%} of {len(text)}")
    return weights


def newton(rows: np.ndarray, labels: np.ndarray, masses: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A few steps to the maximum of the likelihood; the ridge keeps the weights finite, not the bias."""
    ridge = RIDGE * np.r_[0, np.ones(len(weights) - 1)]
    for _ in range(8):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (masses * (labels - chance)) - ridge * weights
        curve = (rows * (masses * chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge + 1e-12)
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def train(corpus: Corpus, secrets: list[bytes]) -> bytes:
    """The content of the data file."""
    cells = train_cells([run for run in corpus.select(length=None) if not HEX.fullmatch(run)])
    values = np.frombuffer(cells, dtype=np.uint8)[pairs(codes(secrets))].sum(axis=1)
    width = len(secrets[0]) - 1
    head = f"{values.mean() / width:.4f} {values.std() / width**0.5:.4f}"
    model = randomness.parse(f"{head} 0 0 0 0 0\n".encode() + cells)
    weighed = [run for run in corpus.select() if run.lower() != run != run.upper()]
    encoded = [base64.b64encode(run[:30]) for run in weighed[::ENCODED_EVERY]]
    sides = (secrets[:100_000], weighed + encoded)
    chance, text = (np.array([randomness.evidence(run, model) for run in side]) for side in sides)
    weights = fit(chance, text, len(weighed) / len(corpus.select()))
    return f"{head} {' '.join(f'{weight:.3f}' for weight in weights)}\n".encode() + cells


def scores(runs: list[bytes], method: Callable[[bytes], float] = randomness.score) -> np.ndarray:
    """What ``method`` says of each run; the score that is shipped, if none is named."""
    return np.array([method(run) for run in runs])


def entropy(run: bytes) -> float:
    """Shannon entropy, in bits per character: what other scanners go by."""
    counts = [run.count(one) for one in set(run)]
    return math.log2(len(run)) - sum(count * math.log2(count) for count in counts) / len(run)


def pairs_alone(run: bytes) -> float:
    """The pairs without the other features."""
    found = randomness.features(run)
    return found.pairs.figure if found else -100.0


METHODS: dict[str, Callable[[bytes], float]] = {
    "entropy": entropy,
    "pairs": pairs_alone,
    "score": randomness.score,
}


def report(corpus: Corpus, secrets: list[bytes], title: str) -> None:
    """What passes for a secret in ``corpus`` at thresholds that keep a given share of the secrets."""
    print(f"\n{title}: {corpus.size / 1e6:.0f} MB of text, {len(corpus.select())} distinct bare runs")
    runs = corpus.select()
    for name, method in METHODS.items():
        chance, text = scores(secrets, method), scores(runs, method)
        for missed in (0.001, 0.0001):
            row(f"{name}, {1 - missed:.2%} recall", corpus, runs, text >= np.quantile(chance, missed))
    for threshold in (SURE, WEAK):
        recall = (chance >= threshold).mean()
        row(f"score >= {threshold}, {recall:.3%} recall", corpus, runs, text >= threshold)
    for context in ("joined", "block"):
        others = corpus.select(context)
        row(f"{context} runs, score >= {threshold}", corpus, others, scores(others) >= threshold)
    bounds = [0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1]
    print("scores of bare runs:", *zip(bounds, np.histogram(text, bounds)[0].tolist(), strict=False))
    survivors(corpus, runs, text)


def row(name: str, corpus: Corpus, runs: list[bytes], passed: np.ndarray) -> None:
    """Print one row of the table."""
    distinct = int(passed.sum())
    seen = sum(corpus.runs[run].count for run, one in zip(runs, passed, strict=True) if one)
    rates = " ".join(f"{100e6 * count / corpus.size:7.2f}" for count in (distinct, seen))
    print(f"{name:32} distinct, all: {distinct:4} {seen:6}, per 100 MB: {rates}")


def survivors(corpus: Corpus, runs: list[bytes], text: np.ndarray) -> None:
    """Print what passes, shortened: some of it are keys of somebody's."""
    for index in np.argsort(-text, kind="stable"):
        if text[index] < WEAK:
            return
        one = corpus.runs[runs[index]]
        print(f"  {text[index]:.4f} {runs[index][:12].decode()}... x{one.count} {one.package}: {one.path}")


def main() -> None:
    """Download, train, write the file, measure."""
    root = Path(sys.argv[1]).resolve()
    source = random.Random(20240501)  # noqa: S311 - samples, not secrets
    secrets = [base64.b64encode(source.randbytes(30)) for _ in range(RANDOM_RUNS)]
    corpus = collect(root, TRAIN)
    (ROOT / "keyguard/data/randomness.bin").write_bytes(train(corpus, secrets))
    fresh = [base64.b64encode(source.randbytes(30)) for _ in range(RANDOM_RUNS)]
    report(corpus, fresh, "Trained on")
    report(collect(root, HELD_OUT), fresh, "Held out")
    report(collect(root, FRESH), fresh, "Fresh")


if __name__ == "__main__":
    main()
