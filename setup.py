"""Builds pygraph: one C++ core library without Python, and two extension modules on top of it.

The metadata is in pyproject.toml; here is only what setuptools cannot say: it compiles one file at
a time, knows no header dependencies and cannot build one source several times.

    csrc/{base,kernels,ir,ops,format,passes,plan,exec,api}/**/*.cpp  ->  pygraph/lib/libpygraph.so
    csrc/kernels/isa/**/*.cpp    the same library, compiled once per instruction set
    csrc/bind/**/*.cpp           ->  pygraph/_core   (pybind11; hot*.cpp belong to _hot)
    csrc/bind/hot.pyx            ->  pygraph/_hot    (Cython)
    csrc/include/pygraph/*       ->  pygraph/include/pygraph/

tools/build.py knows how the core is built, and what the environment may say about that.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import files, version
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build import build
from setuptools.command.build_ext import build_ext
from setuptools.errors import CompileError

# An isolated build does not have the tree on its path.
sys.path.insert(0, str(Path(__file__).resolve().parent))
from tools.build import (
    BASE_FLAGS,
    CORE_LIBRARY,
    CSRC,
    ROOT,
    BuildError,
    CoreBuilder,
    Stale,
    Unit,
    copy_if_newer,
    locked,
    remember,
)

BLAS_LIBRARY = "libscipy_openblas.so"
EXTENSION_SUFFIX = str(sysconfig.get_config_var("EXT_SUFFIX"))


class Builder(CoreBuilder):
    """Adds the extension modules, for the running Python; all is in out/pygraph."""

    def __init__(self) -> None:
        super().__init__(f"{{}}-{sys.implementation.cache_tag}", "out/pygraph")

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
            if not self.run(command, os.path.relpath(source, ROOT), target, signature):
                return None
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
        everything = [*bind, *([hot_unit] if hot_unit is not None else []), *core]
        self.check()
        self.write_commands(everything)
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
    raise BuildError("the scipy-openblas32 package has no licence file to bring along")


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
        try:
            builder = Builder()
            with locked(builder.folder):
                builder.build()
                self.placed = builder.install(self.package_folder())
        except BuildError as error:
            raise CompileError(str(error)) from None

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
