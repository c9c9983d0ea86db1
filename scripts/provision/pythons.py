"""Find an interpreter that really runs. A name on PATH proves nothing: pyenv's shims exist and refuse to work."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator, Mapping, Sequence

from .errors import PythonMissing

PROBE = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2], sys.executable, sep='|')"


@dataclass
class Search:
    """Looks for one of ``minors`` (best first), remembering every candidate that failed and why.

    :param minors: for example ``("3.11", "3.12")``
    :param environ: PATH, HOME and PYENV_ROOT are read from it
    """

    minors: Sequence[str]
    environ: Mapping[str, str]
    tried: list[str] = field(default_factory=list)

    def find(self) -> Path:
        """The real interpreter, never a shim.

        :raises PythonMissing: with everything that was tried.
        """
        for minor in self.minors:
            for candidate in self._candidates(minor):
                found = self._probe(candidate, minor)
                if found:
                    return found
        for minor in self.minors[:1]:
            found = self._install_with_uv(minor)
            if found:
                return found
        raise PythonMissing(self._explain())

    def _candidates(self, minor: str) -> Iterator[Path]:
        if sys.version_info[:2] == tuple(map(int, minor.split("."))):
            yield Path(sys.executable)
        for folder in self.environ.get("PATH", "").split(os.pathsep):
            yield Path(folder or ".") / f"python{minor}"
        home = Path(self.environ.get("HOME", str(Path.home())))
        pyenv = Path(self.environ.get("PYENV_ROOT") or home / ".pyenv")
        yield from sorted(pyenv.glob(f"versions/{minor}.*/bin/python{minor}"), reverse=True)
        yield from sorted(
            home.glob(f".local/share/uv/python/cpython-{minor}.*/bin/python{minor}"), reverse=True
        )

    def _probe(self, candidate: Path, minor: str) -> Path | None:
        if not candidate.is_file():
            return None
        try:
            done = self._run([str(candidate), "-I", "-c", PROBE], timeout=30)
        except (OSError, subprocess.TimeoutExpired) as error:
            self.tried.append(f"{candidate}：{error}")
            return None
        if done.returncode != 0:
            reason = done.stderr.strip().splitlines() or [f"退出码 {done.returncode}"]
            hint = (
                f"（缺 venv，Debian/Ubuntu：apt-get install python{minor}-venv）"
                if "ensurepip" in done.stderr
                else ""
            )
            self.tried.append(f"{candidate}：{reason[-1 if hint else 0]}{hint}")
            return None
        version, _, executable = done.stdout.strip().partition("|")
        if version != minor:
            self.tried.append(f"{candidate}：实际是 Python {version}")
            return None
        return Path(executable)

    def _install_with_uv(self, minor: str) -> Path | None:
        try:
            installed = self._run(["uv", "python", "install", minor], timeout=600)
            located = self._run(["uv", "python", "find", minor], timeout=60)
        except (OSError, subprocess.TimeoutExpired) as error:
            self.tried.append(f"uv python install {minor}：{error}")
            return None
        if located.returncode == 0:
            return self._probe(Path(located.stdout.strip()), minor)
        reason = (installed.stderr.strip().splitlines() or ["没有输出"])[-1]
        self.tried.append(f"uv python install {minor}：{reason}")
        return None

    def _run(self, command: Sequence[str], timeout: float) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=timeout,
            env=dict(self.environ),
        )

    def _explain(self) -> str:
        names = " 或 ".join(self.minors)
        tried = (
            "\n".join(f"    {line}" for line in self.tried) or "    （PATH、pyenv 和 uv 里都没有这个名字）"
        )
        best = self.minors[0]
        return (
            f"找不到能运行的 Python {names}。\n  试过：\n{tried}\n"
            f"  解决：装一个再重来，任选其一：\n"
            f"    pyenv install {best}\n    uv python install {best}\n"
            f"    apt-get install python{best} python{best}-venv（发行版提供时）"
        )
