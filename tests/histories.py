"""Makes histories of any shape quickly, and says slowly, from what git prints, what is where in them."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from keyguard.attribution import Sighting, Whereabouts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import repos

REACHES = ("head", "refs", "reflog", "unreachable")


class Step(NamedTuple):
    """A commit: its parents, by their numbers, when it was made, and the files that are not as in the first.

    A file without content is deleted.  With ``filler``, there are many more, so that trees become deltas.
    """

    parents: tuple[int, ...]
    seconds: int
    files: tuple[tuple[str, str | None], ...]
    filler: bool = False


def imported(repo: repos.Repo, steps: Sequence[Step], *, packed: bool, first: int = 0) -> list[str]:
    """Make the commits ``steps``, of which those before ``first`` are there; gives the names of all.

    No ref names them, and nothing remembers that one did.
    """
    marks = repo.path / "marks"
    marks.touch()
    stream = b"".join(_told(number, step) for number, step in enumerate(steps) if number >= first)
    limit = f"fastimport.unpackLimit={0 if packed else 1 << 20}"
    where = (f"--import-marks={marks}", f"--export-marks={marks}")
    repo.git("-c", limit, "fast-import", "--quiet", "--force", "--date-format=raw", *where, stdin=stream)
    numbered = dict(line.split() for line in marks.read_text().splitlines())
    refs = repo.git("for-each-ref", "--format=delete %(refname)", "refs/made")
    repo.git("update-ref", "--stdin", stdin=refs)
    return [numbered[f":{number + 1}"] for number in range(len(steps))]


def _told(number: int, step: Step) -> bytes:
    lines = [
        f"commit refs/made/{number}",
        f"mark :{number + 1}",
        f"author Ann {number} <ann@example.org> {1_500_000_000 + number} +0100",
        f"committer Carl <carl@example.org> {1_500_000_000 + step.seconds} +0100",
        f"data <<END\nnumber {number}\nEND",
    ]
    words = ("from", *["merge"] * len(step.parents))
    lines += [f"{word} :{parent + 1}" for word, parent in zip(words, step.parents, strict=False)]
    more = [
        (f"{folder}filler{at}", f"filler {at}") for folder in ("", "d/") for at in range(40 * step.filler)
    ]
    for name, content in (*more, *step.files):
        lines.append(
            f"D {name}" if content is None else f"M 100644 inline {name}\ndata <<END\n{content}\nEND"
        )
    return "\n".join(lines).encode() + b"\n\n"


def remembered(repo: repos.Repo, oids: Sequence[str]) -> None:
    """Let HEAD's reflog remember commits."""
    log = repo.path / ".git" / "logs" / "HEAD"
    log.parent.mkdir(exist_ok=True)
    befores = ("0" * len(oid) for oid in oids)
    lines = [
        f"{old} {new} Ann <a@b> 1500000000 +0100\tmoved\n" for old, new in zip(befores, oids, strict=True)
    ]
    log.write_text("".join(lines))


class Commit(NamedTuple):
    """What a commit says of itself; ``parents`` are those that are there."""

    tree: str
    parents: list[str]
    author: str
    date: str
    seconds: int


class Oracle:
    """Knows of each object where it is, by asking git about each commit."""

    def __init__(self, repo: repos.Repo) -> None:
        """Ask about all that is in ``repo``."""
        self._repo = repo
        self.kinds = dict(self._objects())
        self.commits = {oid: self._commit(oid) for oid, kind in self.kinds.items() if kind == "commit"}
        self._inside = {oid: {(one.tree, None), *self._listed(oid)} for oid, one in self.commits.items()}
        self._reached = self._reaches()

    def _git(self, *arguments: str) -> str:
        return self._repo.git("--no-replace-objects", *arguments).decode()

    def _objects(self) -> Iterator[tuple[str, str]]:
        for line in self._git("cat-file", "--batch-all-objects", "--batch-check").splitlines():
            oid, kind, *_ = line.split()
            yield oid, kind

    def _header(self, oid: str) -> dict[str, list[str]]:
        fields = defaultdict(list)
        for line in self._git("cat-file", self.kinds[oid], oid).partition("\n\n")[0].splitlines():
            name, _, value = line.partition(" ")
            fields[name].append(value)
        return fields

    def _commit(self, oid: str) -> Commit:
        fields = self._header(oid)
        parents = [parent for parent in fields["parent"] if parent in self.kinds]
        seconds = int(fields["committer"][0].rsplit(" ", 2)[1])
        return Commit(fields["tree"][0], parents, *_signature(fields["author"][0]), seconds)

    def _listed(self, tree: str) -> Iterator[tuple[str, str]]:
        for line in self._git("ls-tree", "-r", "-t", "-z", tree).split("\0")[:-1]:
            about, _, path = line.partition("\t")
            _, kind, oid = about.split()
            if kind != "commit":
                yield oid, path

    def _reaches(self) -> dict[str, str]:
        found = dict.fromkeys(self.commits, "unreachable")
        for name, tips in (("reflog", "--reflog"), ("refs", "--all"), ("head", "HEAD")):
            if name != "head" or self._repo.attempt("rev-parse", "--verify", "HEAD").returncode == 0:
                found |= dict.fromkeys(
                    self._git("rev-list", "--ignore-missing", "--stdin", tips).split(), name
                )
        return found

    def _time(self, commit: str) -> int:
        """When it was committed, but later than its parents."""
        own = self.commits[commit]
        return max([own.seconds, *(self._time(parent) + 1 for parent in own.parents)])

    def _tips(self) -> dict[str, str]:
        """What refs name, and what the tags among that are of."""
        found = {}
        for tip in self._git("for-each-ref", "--format=%(objectname)").split():
            oid = tip
            found[oid] = self.kinds[oid]
            while self.kinds[oid] == "tag":
                oid = self._header(oid)["object"][0]
                found[oid] = self.kinds[oid]
        return found

    def lose(self, trees: set[str]) -> None:
        """What is in ``trees`` cannot be known any longer."""
        for inside in self._inside.values():
            gone = [path for oid, path in inside if oid in trees]
            below = tuple(f"{path}/" for path in gone if path is not None)
            inside -= {
                (oid, path) for oid, path in inside if path and (None in gone or path.startswith(below))
            }

    def expected(self) -> dict[str, Whereabouts]:
        """The answer for every object there is."""
        candidates: dict[str, list[tuple[tuple[int, int, str, str], Sighting]]] = defaultdict(list)
        holders: dict[str, set[str]] = defaultdict(set)
        for oid, one in self.commits.items():
            reach = self._reached[oid]
            for held, path in self._inside[oid]:
                holders[held].add(oid)
                if not any((held, path) in self._inside[parent] for parent in one.parents):
                    order = (REACHES.index(reach), self._time(oid), oid, path or "")
                    candidates[held].append((order, Sighting(oid, path, one.author, one.date, reach)))
        tips = self._tips()
        for oid, kind in tips.items():
            inside = [(oid, None)] if kind in ("blob", "tree") else []
            for held, path in [*inside, *(self._listed(oid) if kind == "tree" else ())]:
                order = (1, 1 << 62, "", path or "")
                candidates[held].append((order, Sighting(None, path, None, None, "refs")))
        found = {oid: self._inside_of(candidates[oid], holders[oid]) for oid in self.kinds}
        return found | {
            oid: self._itself(oid, tips) for oid, kind in self.kinds.items() if kind in ("commit", "tag")
        }

    def _inside_of(
        self, candidates: list[tuple[tuple[int, int, str, str], Sighting]], holders: set[str]
    ) -> Whereabouts:
        first: dict[str | None, Sighting] = {}
        for _, sighting in sorted(candidates, key=lambda one: one[0]):
            first.setdefault(sighting.path, sighting)
        sightings = tuple(first.values())
        head = self._repo.attempt("rev-parse", "--verify", "--quiet", "HEAD").stdout.decode().strip()
        reach = sightings[0].reachable if sightings else "unreachable"
        return Whereabouts(sightings, len(holders), reach, head in holders)

    def _itself(self, oid: str, tips: dict[str, str]) -> Whereabouts:
        if self.kinds[oid] == "tag":
            reach = "refs" if oid in tips else "unreachable"
            signature = _signature(self._header(oid)["tagger"][0])
            return Whereabouts((Sighting(None, None, *signature, reach),), 0, reach)
        one, reach = self.commits[oid], self._reached[oid]
        return Whereabouts((Sighting(oid, None, one.author, one.date, reach),), 1, reach)


def _signature(value: str) -> tuple[str, str]:
    name, seconds, _ = value.rsplit(" ", 2)
    return name, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(seconds)))
