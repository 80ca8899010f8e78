#!/usr/bin/env bash
# Compares the kernels of x86-64-v4 with those of x86-64-v3 on bochs (Debian's, with vgabios), as a
# processor with AVX-512; and x86-64 with x86-64-v3 on this machine, which must have the same
# checksum. Run it from a tree that was built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
objects=$(echo "$root"/build/release-*/obj/kernels/isa)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
flags=(-std=c++20 -O1 -ffp-contract=off -fno-builtin -ffreestanding -fno-stack-protector
       -fno-exceptions -fno-rtti -fno-pic -DPYGRAPH_ISA_NAMESPACE=isa_x86_64_v3 "-I$root/csrc")

g++ "${flags[@]}" -DFIRST=isa_x86_64_v3 -DSECOND=isa_x86_64 -c "$here/compare.cpp" -o hosted.o
g++ -no-pie "$here/hosted.cpp" hosted.o "$objects"/*.isa_x86_64{,_v3}.o -o hosted
echo "x86-64-v3 and x86-64, here:"
./hosted

g++ "${flags[@]}" -DFIRST=isa_x86_64_v3 -DSECOND=isa_x86_64_v4 -c "$here/compare.cpp" -o compare.o
g++ "${flags[@]}" -c "$here/bare.cpp" -o bare.o
ld -static -n --no-warn-rwx-segments -T "$here/program.ld" -o program.elf bare.o compare.o \
  "$objects"/*.isa_x86_64_v{3,4}.o "$(g++ -print-libgcc-file-name)"
objcopy -O binary program.elf program.bin
gcc -c "$here/boot.S" -o boot.o
ld -Ttext=0 --section-start=.boot=0xffff0000 --section-start=.reset=0xfffffff0 -e from_reset \
  -o boot.elf boot.o
objcopy -O binary --only-section=.boot boot.elf boot.bin
objcopy -O binary --only-section=.reset boot.elf reset.bin
truncate -s 2M rom.bin
[ "$(stat -c %s program.bin)" -le $((0x1f0000)) ] || { echo "the program is too large"; exit 1; }
place() { dd if="$1" of=rom.bin bs=16 seek=$(($2 / 16)) conv=notrunc status=none; }
place program.bin 0
place boot.bin $((0x1f0000))
place reset.bin $((0x1ffff0))
echo "x86-64-v3 and x86-64-v4, emulated:"
echo continue > commands
# Its exit status tells of the shutdown.
{ bochs -q -rc commands -f "$here/bochsrc" < /dev/null 2> /dev/null || true; } |
  grep -E 'differ|WRONG|compared'
