"""Builds the core library, for C and C++ programs; needs a compiler and nothing else.

python tools/build.py core       -> build/core-release/out: lib/libpygraph.so, include/
python tools/build.py commands   -> compile_commands.json, for editors and clang's tools

setup.py builds the core with the same code, and the two extension modules on top of it. The
compiler is driven directly: objects stay in build/, so a second build is nearly free.

Environment: CXX, CXXFLAGS, LDFLAGS; PYGRAPH_JOBS; PYGRAPH_WERROR=1 has warnings stop the build; and
PYGRAPH_BUILD=release|debug|asan|ubsan|tsan|sanitize, the last being asan and ubsan in one.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CSRC = ROOT / "csrc"
CORE_LAYERS = ("base", "kernels", "ir", "ops", "format", "passes", "plan", "exec", "api")
CORE_LIBRARY = "libpygraph.so"

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow"]
# Every symbol of the core is visible (its two extension modules use C++ classes of it), but none
# can be replaced from outside, so calls inside the library stay direct.
BASE_FLAGS = ["-std=c++20", "-fPIC", "-fno-semantic-interposition", "-ffp-contract=off"]


@dataclass(frozen=True)
class Variant:
    """What one value of PYGRAPH_BUILD means to the compiler and the linker."""

    compile: tuple[str, ...]
    link: tuple[str, ...] = ()
    optimised: bool = False
    sanitized: bool = False


_CHECKED = ("-g1", "-DPYGRAPH_DEBUG=1", "-D_GLIBCXX_ASSERTIONS")


def _sanitized(*flags: str) -> Variant:
    compile_flags = ("-O1", *_CHECKED, "-fno-omit-frame-pointer", *flags)
    return Variant(compile_flags, flags, sanitized=True)


VARIANTS = {
    "release": Variant(("-O2", "-DPYGRAPH_DEBUG=0"), ("-Wl,-O1",), optimised=True),
    "debug": Variant(("-O0", *_CHECKED)),
    "asan": _sanitized("-fsanitize=address"),
    "ubsan": _sanitized("-fsanitize=undefined", "-fno-sanitize-recover=undefined"),
    "tsan": _sanitized("-fsanitize=thread"),
    "sanitize": _sanitized("-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"),
}


def instruction_sets() -> dict[str, list[str]]:
    """Namespaces of the kernels built per instruction set, and the flags each is compiled with."""
    if platform.machine().lower() in ("x86_64", "amd64"):
        return {
            "isa_x86_64": ["-march=x86-64"],
            "isa_x86_64_v3": ["-march=x86-64-v3"],
            "isa_x86_64_v4": ["-march=x86-64-v4"],
        }
    return {"isa_generic": []}


@dataclass(frozen=True)
class Unit:
    """One compilation: a source, its object, and the flags that matter for it."""

    source: Path
    object: Path
    flags: tuple[str, ...]
    # Include folders of installed packages. Their paths change with every isolated build
    # environment, so they stay out of the signature; `versions` stands for what is in them.
    system_includes: tuple[str, ...] = ()
    versions: str = ""


@dataclass
class Stale:
    """Answers whether a file must be made again, from file times and the command that made it."""

    times: dict[Path, int] = field(default_factory=dict)

    def time(self, path: Path) -> int:
        """Modification time of `path`, or a time beyond all others if there is no such file."""
        known = self.times.get(path)
        if known is None:
            try:
                known = path.stat().st_mtime_ns
            except FileNotFoundError:
                known = sys.maxsize
            self.times[path] = known
        return known

    def __call__(self, target: Path, inputs: Iterable[Path], signature: str) -> bool:
        """Whether `target` is missing, older than an input, or was made by another command."""
        try:
            made = target.stat().st_mtime_ns
            if signature_file(target).read_text() != signature:
                return True
        except FileNotFoundError:
            return True
        return any(self.time(path) > made for path in inputs)


def signature_file(target: Path) -> Path:
    """Where the command that made `target` is remembered."""
    return target.with_name(target.name + ".cmd")


def remember(target: Path, signature: str) -> None:
    """Record the command that made `target`."""
    signature_file(target).write_text(signature)


def read_depfile(path: Path) -> list[Path] | None:
    """Files an object was made from, as the compiler listed them; None if it never did."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return None
    listed = text.replace("\\\n", " ").split(":", 1)[1]
    return [Path(name) for name in shlex.split(listed)]


class BuildError(Exception):
    """Why there is no build, with everything that was said."""


class CoreBuilder:
    """Compiles and links one variant of the core library."""

    def __init__(self, folder: str, out: str) -> None:
        variant = os.environ.get("PYGRAPH_BUILD", "release")
        if variant not in VARIANTS:
            raise BuildError(f"PYGRAPH_BUILD={variant}: it must be one of {', '.join(VARIANTS)}")
        self.name = variant
        self.variant = VARIANTS[variant]
        self.version = own_version()
        self.jobs = int(os.environ.get("PYGRAPH_JOBS", 0)) or len(os.sched_getaffinity(0))
        self.strict = os.environ.get("PYGRAPH_WERROR") == "1"
        self.folder = ROOT / "build" / folder.format(variant)
        self.out = self.folder / out
        self.compiler = shlex.split(os.environ.get("CXX", "g++"))
        self.user_flags = shlex.split(os.environ.get("CXXFLAGS", ""))
        self.link_flags = shlex.split(os.environ.get("LDFLAGS", ""))
        self.stale = Stale()
        self.failures: list[str] = []

    def unit(self, source: Path, flags: Sequence[str], tag: str = "") -> Unit:
        """A core source, compiled with every warning on."""
        relative = source.relative_to(CSRC).with_suffix("")
        target = self.folder / "obj" / f"{relative}{tag}.o"
        common = [*BASE_FLAGS, *self.variant.compile, *self.macros(), *WARNINGS]
        return Unit(source, target, (*common, *flags, *self.user_flags))

    def macros(self) -> list[str]:
        """What C++ may know of this build; the version has its one home in pyproject.toml."""
        return [f'-DPYGRAPH_VERSION="{self.version}"', f'-DPYGRAPH_VARIANT="{self.name}"']

    def core_units(self) -> list[Unit]:
        """Everything that goes into the core library."""
        isa_folder = CSRC / "kernels" / "isa"
        units = []
        for layer in CORE_LAYERS:
            for source in sorted((CSRC / layer).rglob("*.cpp")):
                if not source.is_relative_to(isa_folder):
                    units.append(self.unit(source, ()))
                    continue
                level = (
                    ["-O3", "-fno-math-errno", "-fno-trapping-math"]
                    if self.variant.optimised
                    else []
                )
                for name, march in instruction_sets().items():
                    flags = [*level, *march, f"-DPYGRAPH_ISA_NAMESPACE={name}"]
                    units.append(self.unit(source, flags, f".{name}"))
        return units

    def run(self, command: Sequence[str], title: str, target: Path, signature: str) -> bool:
        """Run the command that makes `target`; on failure keep what it said for the end."""
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            self.failures.append(f"{title}\n{done.stdout.strip() or shlex.join(command)}")
            return False
        if done.stdout.strip():
            print(done.stdout.rstrip(), flush=True)
            # What was made with a warning is made again next time, until there is none.
            signature_file(target).unlink(missing_ok=True)
            if self.strict:
                self.failures.append(f"{title}: warnings are errors here")
        else:
            remember(target, signature)
        return True

    def compile(self, unit: Unit) -> bool:
        """Compile `unit` unless its object is up to date; whether the object was made anew."""
        depfile = unit.object.with_suffix(".d")
        signature = "\n".join([*self.compiler, *unit.flags, unit.versions])
        inputs = read_depfile(depfile)
        if inputs is not None and not self.stale(unit.object, inputs, signature):
            return False
        unit.object.parent.mkdir(parents=True, exist_ok=True)
        command = [*self.command(unit), "-MMD", "-MF", str(depfile)]
        title = os.path.relpath(unit.source, ROOT)
        signature_file(unit.object).unlink(missing_ok=True)
        made = [*command, "-c", str(unit.source), "-o", str(unit.object)]
        self.run(made, title, unit.object, signature)
        return True

    def command(self, unit: Unit) -> list[str]:
        """How `unit` is compiled, but for what is written where."""
        systems = [flag for folder in unit.system_includes for flag in ("-isystem", folder)]
        roots = [f"-I{CSRC}", f"-I{CSRC / 'include'}"]
        return [*self.compiler, *unit.flags, *roots, *systems]

    def write_commands(
        self, units: Sequence[Unit], target: Path = ROOT / "compile_commands.json"
    ) -> None:
        """compile_commands.json, which editors and clang's tools read."""
        entries = [
            {
                "directory": str(ROOT),
                "file": str(unit.source),
                "arguments": [*self.command(unit), "-c", str(unit.source)],
            }
            for unit in units
        ]
        text = json.dumps(entries, indent=1)
        if not target.exists() or target.read_text() != text:
            target.write_text(text)

    def link(self, target: Path, units: Sequence[Unit], flags: Sequence[str]) -> None:
        """Link a shared library, anew if an object or the command changed."""
        objects = [unit.object for unit in units]
        own = ["-shared", *self.variant.link, *flags]
        signature = "\n".join([*self.compiler, *own, *self.link_flags, *map(str, objects)])
        if not Stale()(target, objects, signature):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(target.name + ".new")
        command = [*self.compiler, "-o", str(fresh), *map(str, objects), *own, *self.link_flags]
        if self.run(command, f"link {target.name}", target, signature):
            os.replace(fresh, target)

    def build(self) -> None:
        """Bring the core library and its headers up to date."""
        units = self.core_units()
        with ThreadPoolExecutor(self.jobs) as pool:
            list(pool.map(self.compile, units))
        self.check()
        self.link(self.out / "lib" / CORE_LIBRARY, units, self.core_link_flags())
        self.check()
        self.place_headers()

    def core_link_flags(self) -> list[str]:
        """How the core library is linked."""
        flags = [f"-Wl,-soname,{CORE_LIBRARY}", "-Wl,-Bsymbolic-functions", "-Wl,-rpath,$ORIGIN"]
        # A sanitizer's runtime is preloaded, so its symbols are open until then.
        if not self.variant.sanitized:
            flags.append("-Wl,--no-undefined")
        return [*flags, "-ldl", "-lpthread"]

    def check(self) -> None:
        """Stop with everything that was said, if anything failed."""
        if self.failures:
            text = "\n\n".join(self.failures)
            raise BuildError(f"{len(self.failures)} step(s) failed\n\n{text}")

    def place_headers(self) -> None:
        """The public headers, where `-I <package>/include` finds them."""
        for source in sorted((CSRC / "include" / "pygraph").glob("*.h*")):
            copy_if_newer(source, self.out / "include" / "pygraph" / source.name)


def copy_if_newer(source: Path, target: Path) -> None:
    """Copy by renaming into place, so that a process that has the old library mapped keeps it."""
    wanted = source.stat()
    with contextlib.suppress(FileNotFoundError):
        present = target.stat()
        if (present.st_size, present.st_mtime_ns) == (wanted.st_size, wanted.st_mtime_ns):
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".new")
    shutil.copy2(source, fresh)
    os.replace(fresh, target)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Only one process builds a variant at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def own_version() -> str:
    """The version, whose one home is pyproject.toml."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def main(arguments: list[str] | None = None) -> int:
    """Build what is named on the command line."""
    parser = argparse.ArgumentParser(description="the core library without Python")
    parser.add_argument("what", choices=("core", "commands"))
    options = parser.parse_args(arguments)
    try:
        builder = CoreBuilder("core-{}", "out")
        if options.what == "commands":
            builder.write_commands(builder.core_units())
            return 0
        with locked(builder.folder):
            builder.build()
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(builder.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
