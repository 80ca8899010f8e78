"""Builds pygraph: one C++ core library without Python, and two extension modules on top of it.

The metadata is in pyproject.toml; here is only what setuptools cannot say. The compiler is driven
directly, because setuptools compiles one file at a time, knows no header dependencies and cannot
build one source several times. Objects stay in build/, so a second build is nearly free.

    csrc/{base,kernels,ir,ops,format,passes,plan,exec,api}/**/*.cpp  ->  pygraph/lib/libpygraph.so
    csrc/kernels/isa/**/*.cpp    the same library, compiled once per instruction set
    csrc/bind/**/*.cpp           ->  pygraph/_core   (pybind11; hot*.cpp belong to _hot)
    csrc/bind/hot.pyx            ->  pygraph/_hot    (Cython)
    csrc/include/pygraph/*       ->  pygraph/include/pygraph/

Environment: CXX, CXXFLAGS, LDFLAGS; PYGRAPH_JOBS; and
PYGRAPH_BUILD=release|debug|asan|ubsan|tsan|sanitize, the last being asan and ubsan in one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import files, version
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build import build
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError

ROOT = Path(__file__).resolve().parent
CSRC = ROOT / "csrc"
CORE_LAYERS = ("base", "kernels", "ir", "ops", "format", "passes", "plan", "exec", "api")
CORE_LIBRARY = "libpygraph.so"
BLAS_LIBRARY = "libscipy_openblas.so"
EXTENSION_SUFFIX = str(sysconfig.get_config_var("EXT_SUFFIX"))

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
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


class Builder:
    """Compiles and links one variant, for the running Python, into out/pygraph of its folder."""

    def __init__(self, variant: str, own_version: str, jobs: int) -> None:
        if variant not in VARIANTS:
            raise CompileError(f"PYGRAPH_BUILD={variant}: it must be one of {', '.join(VARIANTS)}")
        self.name = variant
        self.variant = VARIANTS[variant]
        self.version = own_version
        self.jobs = jobs
        self.folder = ROOT / "build" / f"{variant}-{sys.implementation.cache_tag}"
        self.out = self.folder / "out" / "pygraph"
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

    def bind_unit(self, source: Path, flags: Sequence[str]) -> Unit:
        """A source that sees Python.h: against pybind11, NumPy and the running Python's headers."""
        import numpy
        import pybind11

        if source.is_relative_to(CSRC):
            # pybind11 hides its own namespace, and our classes hold its types: no need to warn.
            plain = self.unit(source, ["-Wno-attributes", *flags])
        else:
            target = self.folder / "obj" / "bind" / f"{source.stem}.o"
            common = [*BASE_FLAGS, *self.variant.compile, *self.macros(), f"-I{CSRC / 'bind'}"]
            plain = Unit(source, target, (*common, *flags, *self.user_flags))
        includes = (
            sysconfig.get_path("include"),
            sysconfig.get_path("platinclude"),
            pybind11.get_include(),
            numpy.get_include(),
        )
        versions = f"python {sys.version} pybind11 {pybind11.__version__} numpy {numpy.__version__}"
        return Unit(plain.source, plain.object, plain.flags, includes, versions)

    def run(self, command: Sequence[str], title: str) -> bool:
        """Run a command; on failure keep what it said for the end."""
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            self.failures.append(f"{title}\n{done.stdout.strip() or shlex.join(command)}")
        elif done.stdout.strip():
            print(done.stdout.rstrip(), flush=True)
        return done.returncode == 0

    def compile(self, unit: Unit) -> bool:
        """Compile `unit` unless its object is up to date; whether the object was made anew."""
        depfile = unit.object.with_suffix(".d")
        signature = "\n".join([*self.compiler, *unit.flags, unit.versions])
        inputs = read_depfile(depfile)
        if inputs is not None and not self.stale(unit.object, inputs, signature):
            return False
        unit.object.parent.mkdir(parents=True, exist_ok=True)
        systems = [flag for folder in unit.system_includes for flag in ("-isystem", folder)]
        roots = [f"-I{CSRC}", f"-I{CSRC / 'include'}"]
        command = [*self.compiler, *unit.flags, *roots, *systems, "-MMD", "-MF", str(depfile)]
        title = os.path.relpath(unit.source, ROOT)
        signature_file(unit.object).unlink(missing_ok=True)
        if self.run([*command, "-c", str(unit.source), "-o", str(unit.object)], title):
            remember(unit.object, signature)
        return True

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
        if self.run(command, f"link {target.name}"):
            os.replace(fresh, target)
            remember(target, signature)

    def translate(self, source: Path) -> Path | None:
        """Cython to C++, unless up to date; None if it failed."""
        target = self.folder / "generated" / f"{source.stem}.cpp"
        inputs = [path for suffix in ("pyx", "pxd", "pxi") for path in CSRC.rglob(f"*.{suffix}")]
        options = ["-3", "--cplus", "--module-name", f"pygraph._{source.stem}"]
        signature = "\n".join([version("Cython"), *options])
        if self.stale(target, inputs, signature):
            target.parent.mkdir(parents=True, exist_ok=True)
            where = ["-I", str(CSRC / "bind"), "-o", str(target), str(source)]
            command = [sys.executable, "-m", "cython", *options, *where]
            if not self.run(command, os.path.relpath(source, ROOT)):
                return None
            remember(target, signature)
        return target

    def compile_translated(self, source: Path) -> Unit | None:
        """A Cython source all the way to its object."""
        translated = self.translate(source)
        if translated is None:
            return None
        # Cython's own code is not ours to warn about.
        unit = self.bind_unit(translated, ["-w", "-DNPY_NO_DEPRECATED_API=NPY_2_0_API_VERSION"])
        self.compile(unit)
        return unit

    def build(self) -> None:
        """Bring out/pygraph up to date."""
        started = time.perf_counter()
        core = self.core_units()
        bind_sources = sorted((CSRC / "bind").rglob("*.cpp"))
        bind = [self.bind_unit(source, ()) for source in bind_sources]
        hot_source = CSRC / "bind" / "hot.pyx"
        with ThreadPoolExecutor(self.jobs) as pool:
            hot: Future[Unit | None] | None = None
            if hot_source.exists():
                hot = pool.submit(self.compile_translated, hot_source)
            # What includes pybind11 takes longest, so it starts first.
            made = sum(pool.map(self.compile, [*bind, *core]))
            hot_unit = hot.result() if hot is not None else None
        self.check()
        library = self.out / "lib" / CORE_LIBRARY
        if core:
            self.link(library, core, self.core_link_flags())
        self.check()
        modules = {
            "_core": [unit for unit in bind if not unit.source.name.startswith("hot")],
            "_hot": [unit for unit in bind if unit.source.name.startswith("hot")],
        }
        if hot_unit is not None:
            modules["_hot"].append(hot_unit)
        for name, units in modules.items():
            if units and core:
                flags = [f"-L{library.parent}", "-lpygraph", "-Wl,-rpath,$ORIGIN/lib"]
                self.link(self.out / f"{name}{EXTENSION_SUFFIX}", units, flags)
        self.check()
        self.place_blas()
        self.place_headers()
        seconds = time.perf_counter() - started
        if made:
            print(
                f"pygraph: {self.name} build, {made} files compiled in {seconds:.1f} s", flush=True
            )

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
            raise CompileError(f"{len(self.failures)} step(s) failed\n\n{text}")

    def place_blas(self) -> None:
        """Put OpenBLAS, stripped, and its licence beside the core, where dlopen finds it."""
        import scipy_openblas32

        source = Path(scipy_openblas32.get_lib_dir()) / BLAS_LIBRARY
        target = self.out / "lib" / BLAS_LIBRARY
        signature = f"openblas {scipy_openblas32.__version__}"
        if not Stale()(target, (), signature):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        strip = shutil.which("strip")
        if strip is not None:
            subprocess.run([strip, "--strip-unneeded", str(target)], check=False)
        shutil.copyfile(blas_licence(), target.with_name("LICENSE.openblas.txt"))
        remember(target, signature)

    def place_headers(self) -> None:
        """The public headers, where `-I <package>/include` finds them."""
        for source in sorted((CSRC / "include" / "pygraph").glob("*.h*")):
            copy_if_newer(source, self.out / "include" / "pygraph" / source.name)

    def install(self, package: Path) -> list[Path]:
        """Copy what was built into a package folder; the files that stand there now."""
        placed = []
        for source in sorted(self.out.rglob("*")):
            if source.is_file() and source.suffix not in (".cmd", ".new"):
                target = package / source.relative_to(self.out)
                copy_if_newer(source, target)
                placed.append(target)
        return placed


def blas_licence() -> Path:
    """The licence text that comes with the OpenBLAS package."""
    for entry in files("scipy-openblas32") or []:
        if entry.name.upper().startswith("LICENSE"):
            return Path(str(entry.locate()))
    raise CompileError("the scipy-openblas32 package has no licence file to bring along")


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


class BuildAll(build):
    """`build`, from an empty folder: a module that was deleted must not stay in the wheel."""

    def run(self) -> None:
        """Clear what an earlier build left, then build."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


class BuildExtensions(build_ext):
    """The core library and both extension modules, in the source tree or in the build folder."""

    def run(self) -> None:
        """Compile, link and place everything."""
        jobs = int(os.environ.get("PYGRAPH_JOBS", 0)) or len(os.sched_getaffinity(0))
        variant = os.environ.get("PYGRAPH_BUILD", "release")
        builder = Builder(variant, self.distribution.get_version(), jobs)
        with locked(builder.folder):
            builder.build()
            self.placed = builder.install(self.package_folder())

    def package_folder(self) -> Path:
        """Where the package is that gets the results."""
        in_place = self.inplace or getattr(self, "editable_mode", False)
        return ROOT / "pygraph" if in_place else Path(self.build_lib) / "pygraph"

    def get_outputs(self) -> list[str]:
        """Files this command made."""
        return [str(path) for path in getattr(self, "placed", [])]

    def get_output_mapping(self) -> dict[str, str]:
        """None: an editable install finds the files in the source tree itself."""
        return {}

    def get_source_files(self) -> list[str]:
        """Sources for the source distribution; MANIFEST.in lists them."""
        return []


setup(
    ext_modules=[Extension("pygraph._core", []), Extension("pygraph._hot", [])],
    cmdclass={"build": BuildAll, "build_ext": BuildExtensions},
    # The tree itself on the path: type checkers do not see through import hooks.
    options={"editable_wheel": {"mode": "compat"}},
)
